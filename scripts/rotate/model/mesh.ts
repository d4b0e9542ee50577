import { createIntermediate, createRoot, type KeyPair } from '../../secrets/certificates.ts';
import { overlayTree, type SourceTree } from '../../system/source-tree.ts';
import type { Direction } from '../engine.ts';
import type { ClusterFacts } from '../facts/facts.ts';
import { readAuthority } from '../kinds/authority.ts';
import { meshRoot } from '../kinds/mesh-root.ts';
import type { RotationTree } from '../testing/rotation-tree.ts';
import { stepped } from '../testing/rotation-tree.ts';
import type { Model, Move } from './explore.ts';
import { factsOf, isLegal, remembered, type Shortcut } from './git-steps.ts';
import { type Cluster, type MeshState, meshMoves, PHASES, untrusted } from './mesh-world.ts';

export interface MeshOptions {
  clusters: readonly string[];
  istiods: number;
  proxies: number;
  now: Date;
  shortcuts?: readonly Shortcut[];
  /** A commit that leaves phases out: from and to. */
  jump?: readonly [from: number, to: number];
  /** A step waits until each replica of istiod has what its cluster has: no fact says which bundle one holds. */
  istiodsFollow?: boolean;
}

/** The clusters of one mesh while its root is replaced: proxies of all of them talk to each other at every moment. */
export async function meshModel(first: RotationTree, options: MeshOptions): Promise<Model<MeshState>> {
  const { clusters, now, shortcuts = [], jump, istiodsFollow = true } = options;
  const git = await states(first, options);
  const pems = git.pems;
  const facts = (state: MeshState): ClusterFacts[] =>
    state.map(({ istiods, told, proxies }, at) => {
      const cluster = clusters[at] as string;
      const signerEnd = (phase: number) => {
        const signer = readAuthority(git.tree(state.map(() => phase)), cluster)?.signer;
        return new Date(signer?.validTo ?? 0).getTime() / 1000;
      };
      const place = (index: number) => ({ namespace: 'ai-spm', pod: `pod-${index}` });
      return factsOf(cluster, now, {
        proxies: {
          value: proxies.map(({ trusts, shows }, index) => ({
            ...{ ...place(index), roots: pems.roots(trusts), chain: pems.leaf(shows) },
          })),
        },
        trustMaps: { value: [{ namespace: 'ai-spm', roots: pems.roots(told) }] },
        istiods: {
          value: istiods.map(({ taken }, index) => ({
            ...{ pod: `istiod-${index}`, ready: true, signerEnd: signerEnd(taken), rootEnd: 0 },
          })),
        },
      });
    });
  const isOpen = remembered(({ state, at, direction }: { state: MeshState; at: number; direction: Direction }) =>
    isLegal(meshRoot, git.tree(state.map((one) => one.git)), clusters[at] as string, direction, {
      ...{ all: clusters, facts: facts(state), now },
    }),
  );
  const steps = (state: MeshState): Move<MeshState>[] =>
    state.flatMap((own, at) => {
      const change = (changed: Partial<Cluster>) =>
        state.map((one, index) => (index === at ? { ...one, ...changed } : one));
      const committed = (to: number) => ({
        what: `${clusters[at]}: git: ${PHASES[own.git]} to ${PHASES[to]}`,
        // The others were looked at from a commit that is not the newest any more: they are refused.
        next: change({ git: to }).map((one) => ({ ...one, found: undefined })),
      });
      const hasAll = state.every(({ secret, istiods }) => istiods.every(({ mounted }) => mounted === secret));
      return [
        ...(jump?.[0] === own.git ? [committed(jump[1])] : []),
        ...(['forward', 'back'] as const).flatMap((direction): Move<MeshState>[] => {
          const to = own.git + (direction === 'forward' ? 1 : -1);
          const phase = PHASES[own.git] as string;
          if (own.git === 3 || to < 0) return [];
          const isShortcut = shortcuts.some((one) => one.from === phase && one.direction === direction);
          if (isShortcut || own.found === direction) return [committed(to)];
          if (istiodsFollow && !hasAll) return [];
          if (!isOpen({ state: state.map(seen), at, direction })) return [];
          const what = `${clusters[at]}: the gates are open: ${phase} to ${PHASES[to]}`;
          return [{ what, next: change({ found: direction }) }];
        }),
      ];
    });
  return {
    initial: clusters.map(() => ({
      ...{ git: 0, secret: 0, told: 'A' },
      istiods: Array(options.istiods).fill({ mounted: 0, taken: 0 }),
      proxies: Array(options.proxies).fill({ trusts: 'A', shows: 'A' }),
    })),
    moves: (state) => [...meshMoves(state, clusters), ...steps(state)],
    broken: (state) => untrusted(state, clusters),
  };
}

/** As far as facts show it. */
function seen({ istiods, ...rest }: Cluster): Cluster {
  return { ...rest, secret: 0, found: undefined, istiods: istiods.map(({ taken }) => ({ mounted: 0, taken })) };
}

/** The files of every mix of phases, made by the steps of the kind. */
async function states(first: RotationTree, { clusters, now }: MeshOptions) {
  const [rootA, rootB] = [first.meshRoot, await createRoot(now)];
  const trees = [first.tree];
  for (const hours of [1, 2, 3]) {
    // Intermediates of different moments, as the gates tell them apart by the end of their lives.
    const later = new Date(now.getTime() + hours * 3_600_000);
    trees.push(
      await stepped(trees.at(-1) as SourceTree, meshRoot, { clusters, now: later, inputs: { meshRoot: rootB } }),
    );
  }
  const mixes = new Map<string, SourceTree>();
  const mixed = (phases: readonly number[]) => {
    const files = new Map<string, string | undefined>();
    for (const [at, phase] of phases.entries()) {
      const tree = trees[phase] as SourceTree;
      const folder = `clusters/${clusters[at]}`;
      for (const path of first.tree.list(folder)) files.set(path, undefined);
      for (const path of tree.list(folder)) files.set(path, tree.read(path));
    }
    return overlayTree(first.tree, files);
  };
  const pair = async (root: KeyPair) => (await createIntermediate(root, 'a', now)).certificate + root.certificate;
  const leaves: Record<string, string> = { A: await pair(rootA), B: await pair(rootB) };
  const roots: Record<string, string> = { A: rootA.certificate, B: rootB.certificate };
  return {
    tree: (phases: readonly number[]) => {
      const key = phases.join();
      const found = mixes.get(key) ?? mixed(phases);
      mixes.set(key, found);
      return found;
    },
    pems: {
      leaf: (root: string) => leaves[root] ?? '',
      roots: (names: string) => [...names].map((name) => roots[name]).join(''),
    },
  };
}
