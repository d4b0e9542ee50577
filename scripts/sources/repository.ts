import { posix } from 'node:path';
import type { SourceTree } from '../system/source-tree.ts';
import { parseYaml, type YamlFile } from '../yaml/yaml-file.ts';
import { kustomizationPath, type Layer, layerReader } from './layer.ts';

/** One thing that `kustomize build` is run on and that a cluster may receive. */
export interface Target {
  /** Folder relative to the repository root. */
  name: string;
  layer: Layer;
  /** For a component that no overlay includes yet: it is built as if the overlay listed it, so that it is checked all the same. */
  trial?: { overlay: Layer; component: Layer };
}

export interface Repository {
  tree: SourceTree;
  /** Every YAML file under base, overlays, clusters and argocd, and whatever else a build reads as YAML. */
  files: readonly YamlFile[];
  targets: readonly Target[];
  /** Every kustomization that some target reads, inner ones first. */
  layers: readonly Layer[];
}

const SOURCE_FOLDERS = ['base', 'overlays', 'clusters', 'argocd'];
const COMPONENTS = 'overlays/components';
const TRIAL_OVERLAY = 'overlays/dev';

/** Reads all sources of a repository: files with positions, the targets, and the layers they are built from. */
export function readRepository(tree: SourceTree): Repository {
  const readLayer = layerReader(tree);
  const layersIn = (folder: string) => folders(tree, folder).flatMap((path) => readLayer(path) ?? []);
  const clusters = layersIn('clusters');
  // What a cluster gets before its mesh starts is a build of its own.
  const platforms = clusters.flatMap(({ folder }) => readLayer(posix.join(folder, 'platform')) ?? []);
  const targets: Target[] = [...layersIn('overlays'), ...clusters, ...platforms].map((layer) => ({
    name: layer.folder,
    layer,
  }));
  const included = new Set(targets.flatMap(({ layer }) => layersOf(layer)));
  const overlay = targets.find(({ name }) => name === TRIAL_OVERLAY)?.layer ?? targets[0]?.layer;
  for (const component of layersIn(COMPONENTS)) {
    if (included.has(component) || !overlay) continue;
    const layer = { ...overlay, components: [...overlay.components, component] };
    targets.push({ name: component.folder, layer, trial: { overlay, component } });
  }
  const layers = [...new Set(targets.flatMap(({ layer }) => layersOf(layer)))];
  // A patch may be called anything, and a kustomization `Kustomization`.
  const read = layers.flatMap(({ file, resources, patches, others }) => [
    file,
    ...resources,
    ...patches.map((patch) => patch.file),
    ...others,
  ]);
  const parsed = new Map(read.filter(({ within }) => !within).map((file) => [file.path, file]));
  for (const path of SOURCE_FOLDERS.flatMap((folder) => tree.list(folder))) {
    if (/\.ya?ml$/.test(path) && !parsed.has(path)) parsed.set(path, parseYaml(path, tree.read(path) ?? ''));
  }
  return { tree, files: [...parsed.values()], targets, layers };
}

/** A layer and all layers below it, inner ones first; a folder reached twice is listed once. */
export function layersOf(layer: Layer): Layer[] {
  return [...new Set([...layer.bases.flatMap(layersOf), ...layer.components.flatMap(layersOf), layer])];
}

/** Folders directly below a folder that hold a kustomization. */
function folders(tree: SourceTree, parent: string): string[] {
  const names = tree.list(parent).map((path) => path.slice(parent.length + 1).split('/')[0] ?? '');
  const paths = [...new Set(names)].map((name) => posix.join(parent, name));
  return paths.filter((path) => kustomizationPath(tree, path) !== undefined);
}
