import { posix } from 'node:path';
import { isScalar } from 'yaml';
import type { KustomizeTool } from '../render/kustomize-tool.ts';
import { renderTargets } from '../render/render.ts';
import type { RenderCache } from '../render/render-cache.ts';
import { type Edits, renderEdited } from '../render/render-edited.ts';
import { parseObjects } from '../render/rendered.ts';
import { entriesOf, recordOf } from '../resources/fields.ts';
import type { FieldPath, RenderedObject } from '../resources/kube-object.ts';
import { isRecord, valueAt } from '../resources/value.ts';
import { declarationIndex, declarationsOf } from '../sources/declaration.ts';
import { kustomizationPath, type Layer } from '../sources/layer.ts';
import type { LayerProblem } from '../sources/layer-problem.ts';
import { inlinePatchFile, type Patch, patchDocuments } from '../sources/patch.ts';
import { fieldSources } from '../sources/provenance.ts';
import { layersOf } from '../sources/repository.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { locate } from '../yaml/locate.ts';
import { parseYaml } from '../yaml/yaml-file.ts';
import { chartParts, chartReader } from './chart-parts.ts';
import { chartProblem } from './chart-problem.ts';
import { type Placed, sourcesOf, type Yield } from './delivery.ts';
import { editApplications } from './edit-applications.ts';
import { type KustomizeEdits, kustomizeEdits } from './kustomize-options.ts';
import { isArgo } from './manifest-delivery.ts';
import { placedObjects } from './placed.ts';
import { isRegistration } from './registration.ts';

export interface RenderedFolder {
  yields: Yield;
  /** The objects again, with the place of their fields. */
  children: readonly Placed[];
}

interface Context extends Surroundings {
  /** Folders that were built as they are. */
  plain: Map<string, Promise<Built>>;
  readChart: ReturnType<typeof chartReader>;
}

interface Surroundings {
  tree: SourceTree;
  tool: KustomizeTool;
  cache: RenderCache;
  readLayer(folder: string): Layer | undefined;
  objectsOf(folder: string): readonly RenderedObject[] | undefined;
  /** Whether a URL is that of this repository. */
  isOwn(url: string): boolean;
  /** Whether what is wrong with a folder itself has findings of its own. */
  isTarget(folder: string): boolean;
}

/** Finds out what the path of an Application yields: built by kustomize, or read as plain manifests. */
export function yieldRenderer(surroundings: Surroundings): (application: Placed) => Promise<RenderedFolder> {
  const context: Context = { ...surroundings, plain: new Map(), readChart: chartReader(surroundings.tree) };
  return async (application) => {
    const [first, ...more] = sourcesOf(application);
    if (!first) return without({ kind: 'failed', reason: 'the Application has no source', path: ['spec'] });
    const { source, path: at } = first;
    if (more.length > 0 || !context.isOwn(String(source['repoURL'] ?? ''))) return without({ kind: 'elsewhere' });
    const path = [...at, 'path'];
    const folder = folderOf(String(source['path'] ?? '.'));
    if (folder === '..' || folder.startsWith('../') || posix.isAbsolute(folder) || !context.tree.isInside(folder)) {
      return without({ kind: 'failed', reason: `\`${folder}\` lies outside of the repository`, path });
    }
    if (folder !== '.' && context.tree.kind(folder) !== 'folder') {
      return without({ kind: 'failed', reason: `the repository has no folder \`${folder}\``, path });
    }
    if (context.tree.kind(`${folder}/Chart.yaml`) === 'file') {
      const reason = chartProblem(folder, context.readChart);
      if (reason) return without({ kind: 'failed', reason, path });
      return without({ kind: 'chart', parts: chartParts(folder, recordOf(source['helm']), context.readChart) });
    }
    const layer = kustomizationPath(context.tree, folder) && context.readLayer(folder);
    if (layer) return kustomized(application, layer, recordOf(source['kustomize']), [...at, 'kustomize'], context);
    return plainManifests(folder, recordOf(source['directory']), path, context.tree);
  };
}

/** The path of a source as a folder of the repository. */
export function folderOf(path: string): string {
  return posix.normalize(path).replace(/\/$/, '');
}

function without(yields: Yield): RenderedFolder {
  return { yields, children: [] };
}

async function kustomized(
  application: Placed,
  layer: Layer,
  options: Record<string, unknown>,
  at: (string | number)[],
  context: Context,
): Promise<RenderedFolder> {
  const problems = layersOf(layer).flatMap((one) => one.problems);
  const broken = problems.find((problem) => !isPinned(problem));
  const path = [...at.slice(0, -1), 'path'];
  const isReportedElsewhere = context.isTarget(layer.folder);
  if (broken)
    return without({ kind: 'failed', reason: `${broken.file.path}: ${broken.message}`, path, isReportedElsewhere });
  if (problems.length > 0) return without({ kind: 'elsewhere' });
  const edits = kustomizeEdits(options);
  if ('unsupported' in edits) {
    return without({
      kind: 'unsupported',
      reason: `\`${edits.unsupported}\` under \`kustomize\``,
      path: [...at, edits.unsupported],
    });
  }
  const built = await objectsFrom(layer, edits.fields, context);
  if ('failure' in built) {
    const reason = built.failure.replaceAll(/\s+/g, ' ');
    return without({ kind: 'failed', reason, path, isReportedElsewhere: isReportedElsewhere && !built.isEdited });
  }
  const { objects } = built;
  // Most Applications bring none: where their fields stand is not asked.
  const brings = objects.some(({ value }) => isArgo(value) || isRegistration(value));
  const placed = () => placedIn(withOptions(layer, edits.names, optionPatches(application, at)), objects);
  return { yields: { kind: 'objects', objects, placed }, children: brings ? placed() : [] };
}

const VERSION = /[/=]v?\d+\.\d+\.\d+(?=[/&"'\s]|$)|[/=][0-9a-f]{40}(?=[/&"'\s]|$)/;

/** What is fetched at a version that never changes is no mistake, but its content is not known here. */
function isPinned({ kind, file, range }: LayerProblem): boolean {
  return kind === 'remote' && VERSION.test(file.text.slice(...range));
}

/** `isEdited`: it fails only as the Application has it built. */
type Built = { objects: readonly RenderedObject[] } | { failure: string; isEdited?: boolean };

async function objectsFrom(layer: Layer, edits: Edits, context: Context): Promise<Built> {
  const { tree, tool, cache, plain } = context;
  if (!plain.has(layer.folder)) plain.set(layer.folder, plainObjects(layer, context));
  const unedited = await (plain.get(layer.folder) as Promise<Built>);
  if (Object.keys(edits).length === 0 || 'failure' in unedited) return unedited;
  const objects = editApplications(layer, unedited.objects, edits);
  return objects ? { objects } : { isEdited: true, ...parsed(await renderEdited(tool, tree, layer, edits, cache)) };
}

async function plainObjects(layer: Layer, { tree, tool, cache, objectsOf }: Context): Promise<Built> {
  const known = objectsOf(layer.folder);
  if (known) return { objects: known };
  const [build] = await renderTargets(tool, tree, [{ name: layer.folder, layer }], cache);
  return parsed(build ?? { text: '' });
}

function parsed({ text, failure }: { text: string; failure?: string }): Built {
  return failure === undefined ? { objects: parseObjects(text) } : { failure };
}

function placedIn(layer: Layer, objects: readonly RenderedObject[]): Placed[] {
  const sourceOf = fieldSources(layer);
  const declarationOf = declarationIndex(declarationsOf(layer));
  const start = { file: layer.file.path, line: 1, column: 1 };
  return objects.map(({ value }) => ({
    value,
    placeOf: (path) => sourceOf(value, path) ?? start,
    nodeAt(path) {
      const { file, at } = declarationOf(value) ?? {};
      if (!file || !at || !('document' in at)) return undefined;
      const located = locate(file.documents[at.document]?.contents ?? null, path);
      return located && { file, node: located.node };
    },
  }));
}

/** The layer as it is built: what the Application sets comes last. */
function withOptions(layer: Layer, names: KustomizeEdits['names'], patches: readonly Patch[]): Layer {
  return { ...layer, spec: { ...layer.spec, ...names }, patches: [...layer.patches, ...patches] };
}

/** The patches of an Application, as they stand in its file (or in the template that makes it). */
function optionPatches(application: Placed, at: FieldPath): Patch[] {
  const patches = valueAt(application.value, [...at, 'patches']);
  return entriesOf(patches).flatMap(({ value, index }): Patch[] => {
    const found = application.nodeAt?.([...at, 'patches', index, 'patch']);
    if (!found || !isScalar(found.node)) return [];
    const file = inlinePatchFile(found.file, found.node);
    const target = isRecord(value['target']) ? { target: value['target'] } : {};
    return [{ file, entry: [0, 0], documents: patchDocuments(file), ...target }];
  });
}

/** Manifests of a folder as Argo CD reads them: no templates, and only below it where `recurse` says so. */
function plainManifests(
  folder: string,
  options: Record<string, unknown>,
  path: (string | number)[],
  tree: SourceTree,
): RenderedFolder {
  if (isRecord(options['jsonnet']) || options['include'] !== undefined || options['exclude'] !== undefined) {
    return without({
      kind: 'unsupported',
      reason: '`directory` with jsonnet, include or exclude',
      path: [...path.slice(0, -1), 'directory'],
    });
  }
  const files = tree.list(folder).filter((file) => /\.(?:ya?ml|json)$/.test(file));
  const own = options['recurse'] === true ? files : files.filter((file) => posix.dirname(file) === folder);
  const children = own.map((file) => parseYaml(file, tree.read(file) ?? '')).flatMap(placedObjects);
  if (children.length === 0)
    return without({ kind: 'failed', reason: `\`${folder}\` holds no manifest, no kustomization and no chart`, path });
  const objects = children.map(({ value }) => {
    const { name, namespace } = value.metadata;
    return {
      value,
      ref: { apiVersion: value.apiVersion, kind: value.kind, name, ...(namespace ? { namespace } : {}) },
    };
  });
  return { yields: { kind: 'objects', objects, placed: () => children }, children };
}
