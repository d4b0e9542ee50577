import { join } from 'node:path';
import { checkOut } from '../git/check-out.ts';
import { findRevision, type GitRepository } from '../git/git.ts';
import { KUSTOMIZATION_NAMES, kustomizationPath, type Layer, layerReader } from '../sources/layer.ts';
import { layersOf } from '../sources/repository.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';

/** One state of the repository, on disk so that kustomize can build it. */
export interface Side {
  tree: SourceTree;
  /** The kustomization of a folder, `undefined` where there is none. */
  layer(folder: string): Layer | undefined;
  /** Overlays and clusters: what kustomize builds for somebody. */
  targets(): string[];
}

export function openSide(root: string): Side {
  const tree = openSourceTree(root);
  return {
    tree,
    layer: layerReader(tree),
    targets: () => ['overlays', 'clusters'].flatMap((folder) => kustomizationsIn(tree, folder)),
  };
}

function kustomizationsIn(tree: SourceTree, parent: string): string[] {
  const names = tree.list(parent).map((path) => path.split('/')[1] ?? '');
  const folders = [...new Set(names)].map((name) => `${parent}/${name}`);
  return folders.filter((folder) => kustomizationPath(tree, folder) !== undefined);
}

/** Writes each commit that is asked for once, below a folder that the caller removes. */
export function sideReader(git: GitRepository, scratch: string): (commit: string) => Promise<Side> {
  const known = new Map<string, Promise<Side>>();
  return (commit) => {
    const side = known.get(commit) ?? checkOut(git, commit, join(scratch, commit)).then(openSide);
    known.set(commit, side);
    return side;
  };
}

/** The state at a revision as Argo CD finds it, `undefined` where this clone has none of that name; each is looked up once. */
export function revisionReader(
  git: GitRepository,
  sideAt: (commit: string) => Promise<Side>,
): (revision: string) => Promise<Side | undefined> {
  const known = new Map<string, Promise<Side | undefined>>();
  const read = async (revision: string) => {
    const commit = await findRevision(git, revision);
    return commit === undefined ? undefined : sideAt(commit);
  };
  return (revision) => {
    const side = known.get(revision) ?? read(revision);
    known.set(revision, side);
    return side;
  };
}

/** Every file that a build reads, sorted: kustomizations, resources, patches, and what generators take. */
export function readsOf(layer: Layer): string[] {
  return [...new Set(layersOf(layer).flatMap(({ reads }) => reads))].sort();
}

/** Files below a folder that differ, or are on one side alone. */
export function changedFiles(before: Side, after: Side, folder: string): string[] {
  const paths = new Set([...before.tree.list(folder), ...after.tree.list(folder)]);
  return [...paths].filter((path) => before.tree.read(path) !== after.tree.read(path));
}

/** True where a build reads the same on both sides: then it is the same build, and needs not run. */
export function readsTheSame(before: Side, after: Side, target: string): boolean {
  const layer = after.layer(target);
  if (!layer || kustomizationPath(before.tree, target) === undefined) return false;
  // A second kustomization in a folder takes the place of the first, or makes kustomize refuse.
  const names = layersOf(layer).flatMap(({ folder }) => KUSTOMIZATION_NAMES.map((name) => `${folder}/${name}`));
  return [...readsOf(layer), ...names].every((path) => before.tree.read(path) === after.tree.read(path));
}
