import { join } from 'node:path';
import { checkOut } from '../git/check-out.ts';
import { findRevision, type GitRepository } from '../git/git.ts';
import { kustomizationPath, type Layer, layerReader } from '../sources/layer.ts';
import { type Outlines, outlineReader } from '../sources/outline.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';

/** One state of the repository, on disk so that kustomize can build it. */
export interface Side {
  tree: SourceTree;
  /** The kustomization of a folder, `undefined` where there is none. */
  layer(folder: string): Layer | undefined;
  /** Whether a folder has a kustomization. */
  isBuilt(folder: string): boolean;
  /** The same without the files that it reads: fast. */
  outlines: Outlines;
  /** Overlays and clusters: what kustomize builds for somebody. */
  targets(): string[];
}

export function openSide(root: string): Side {
  const tree = openSourceTree(root);
  const layer = layerReader(tree);
  return {
    tree,
    layer,
    isBuilt: (folder) => kustomizationPath(tree, folder) !== undefined,
    outlines: outlineReader(tree, layer),
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

/** Files below a folder that differ, or are on one side alone. */
export function changedFiles(before: Side, after: Side, folder: string): string[] {
  const paths = new Set([...before.tree.list(folder), ...after.tree.list(folder)]);
  return [...paths].filter((path) => before.tree.read(path) !== after.tree.read(path));
}

/** True where a build reads the same on both sides: then it is the same build, and needs not run. */
export function readsTheSame(before: Side, after: Side, target: string): boolean {
  if (!before.isBuilt(target) || !after.isBuilt(target)) return false;
  for (const path of after.outlines.reads(target)) if (before.tree.read(path) !== after.tree.read(path)) return false;
  return true;
}
