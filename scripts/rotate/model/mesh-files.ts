import { createIntermediate, createRoot, type KeyPair } from '../../secrets/certificates.ts';
import { overlayTree, type SourceTree } from '../../system/source-tree.ts';
import type { SealedFacts } from '../facts/facts.ts';
import { meshRoot } from '../kinds/mesh-root.ts';
import { readAuthority } from '../mesh-authority.ts';
import { readRotationFile, rotationPath, rotationText } from '../rotation-file.ts';
import { type RotationTree, stepped } from '../testing/rotation-tree.ts';
import { sealedFacts } from './values.ts';

interface Phases {
  git: number;
  reached: number;
}

/** What git says in every mix of phases, made by the steps of the kind. */
export interface MeshFiles {
  clusters: readonly string[];
  now: Date;
  /** @param phases of each cluster: the one that it is in, and the furthest that it has been in */
  tree(phases: readonly Phases[]): SourceTree;
  /** As a cluster shows its SealedSecrets when it has those of a phase. */
  sealed(cluster: number, phase: number): SealedFacts[];
  /** End of the intermediate that istiod of a cluster signs with in a phase. */
  signerEnd(cluster: number, phase: number): number;
  /** PEM of the certificates of a proxy whose own is under a root, and of some roots. */
  leaf(root: string): string;
  roots(names: string): string;
}

export async function meshFiles(first: RotationTree, clusters: readonly string[], now: Date): Promise<MeshFiles> {
  const [rootA, rootB] = [first.meshRoot, await createRoot(now)];
  const trees = [first.tree];
  for (const hours of [1, 2, 3, 4]) {
    // Intermediates of different moments, as the gates tell them apart by the end of their lives.
    const later = new Date(now.getTime() + hours * 3_600_000);
    trees.push(
      await stepped(trees.at(-1) as SourceTree, meshRoot, { clusters, now: later, inputs: { meshRoot: rootB } }),
    );
  }
  const mixes = new Map<string, SourceTree>();
  const mixed = (phases: readonly Phases[]) => {
    const files = new Map<string, string | undefined>();
    for (const [at, phase] of phases.entries()) {
      const tree = trees[phase.git] as SourceTree;
      const folder = `clusters/${clusters[at]}`;
      for (const path of first.tree.list(folder)) files.set(path, undefined);
      for (const path of tree.list(folder)) files.set(path, tree.read(path));
      if (phase.reached > phase.git)
        files.set(`${folder}/rotation.yaml`, journal(tree, clusters[at] as string, phase.reached));
    }
    return overlayTree(first.tree, files);
  };
  const pair = async (root: KeyPair) => (await createIntermediate(root, 'a', now)).certificate + root.certificate;
  const leaves: Record<string, string> = { A: await pair(rootA), B: await pair(rootB) };
  const roots: Record<string, string> = { A: rootA.certificate, B: rootB.certificate };
  const ofEach = <T>(read: (tree: SourceTree, cluster: string) => T) => {
    const all = clusters.map((cluster) => trees.map((tree) => read(tree, cluster)));
    return (cluster: number, phase: number) => all[cluster]?.[phase] as T;
  };
  return {
    clusters,
    now,
    tree: (phases) => {
      const key = phases.map(({ git, reached }) => `${git}/${reached}`).join();
      const found = mixes.get(key) ?? mixed(phases);
      mixes.set(key, found);
      return found;
    },
    sealed: ofEach(sealedFacts),
    signerEnd: ofEach((tree, cluster) => new Date(readAuthority(tree, cluster)?.signer.validTo ?? 0).getTime() / 1000),
    leaf: (root) => leaves[root] ?? '',
    roots: (names) => [...names].map((name) => roots[name]).join(''),
  };
}

/** As it is after steps back from a phase. */
function journal(tree: SourceTree, cluster: string, reached: number): string | undefined {
  const file = readRotationFile(tree, cluster);
  const { [meshRoot.name]: entry, ...others } = file.underWay;
  if (!entry) return tree.read(rotationPath(cluster));
  const phase = meshRoot.phases[reached]?.name;
  return rotationText({
    ...file,
    underWay: { ...others, [meshRoot.name]: { ...entry, ...(phase ? { reached: phase } : {}) } },
  });
}
