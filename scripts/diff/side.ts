import { join } from 'node:path';
import { checkOut } from '../git/check-out.ts';
import { findRevision, type GitRepository } from '../git/git.ts';
import { KUSTOMIZATION_NAMES, kustomizationPath, type Layer, layerReader } from '../sources/layer.ts';
import { layersOf } from '../sources/repository.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';
import { parseYaml } from '../yaml/yaml-file.ts';

/** One state of the repository, on disk so that kustomize can build it. */
export interface Side {
  tree: SourceTree;
  /** The kustomization of a folder, `undefined` where there is none. */
  layer(folder: string): Layer | undefined;
  /** Overlays and clusters: what kustomize builds for somebody. */
  targets(): string[];
  /** What is wrong with the text of a YAML file, where something is. */
  flaw(path: string): string | undefined;
}

export function openSide(root: string): Side {
  const tree = openSourceTree(root);
  const layer = layerReader(tree);
  const flaws = new Map<string, string | undefined>();
  const flaw = (path: string) => {
    if (!flaws.has(path)) flaws.set(path, parseYaml(path, tree.read(path) ?? '').problems[0]?.message);
    return flaws.get(path);
  };
  return {
    tree,
    layer,
    flaw,
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

/**
 * Why kustomize must not be run on a target: its sources reach into the network or out of the repository, or are hostile or broken.
 * `npm run validate` has the same as findings.
 */
export function buildProblem({ flaw }: Side, layer: Layer): string | undefined {
  for (const { problems, file, resources, patches } of layersOf(layer)) {
    const [problem] = problems;
    if (problem) return `${problem.file.path}: ${problem.message}`;
    // A patch may be called anything.
    for (const { path, problems: found } of [file, ...resources, ...patches.map((patch) => patch.file)])
      if (found[0]) return `${path}: ${found[0].message}`;
  }
  for (const path of readsOf(layer).filter((one) => /\.ya?ml$/.test(one))) {
    const message = flaw(path);
    if (message !== undefined) return `${path}: ${message}`;
  }
  return undefined;
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
