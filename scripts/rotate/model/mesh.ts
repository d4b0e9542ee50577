import type { Direction } from '../engine.ts';
import type { ClusterFacts } from '../facts/facts.ts';
import { meshRoot } from '../kinds/mesh-root.ts';
import type { Model, Move } from './explore.ts';
import { factsOf, isLegal, remembered, type Shortcut } from './git-steps.ts';
import type { MeshFiles } from './mesh-files.ts';
import { type Cluster, type MeshState, meshMoves, PHASES, untrusted } from './mesh-world.ts';

export interface MeshOptions {
  /** In each cluster. */
  istiods: number;
  proxies: number;
  shortcuts?: readonly Shortcut[];
  /** A commit that leaves phases out: from and to. */
  jump?: readonly [from: number, to: number];
  /** A step waits until the kubelet has brought each replica of istiod the Secret that its cluster has: no fact says so. */
  istiodsFollow?: boolean;
}

type Gates = (step: { state: MeshState; at: number; direction: Direction }) => boolean;

/** What the gates of the kind say in each state, once for all models of a mesh. */
export function meshGates(git: MeshFiles): Gates {
  const { clusters, now } = git;
  const facts = (state: MeshState): ClusterFacts[] =>
    state.map(({ secret, istiods, told, proxies }, at) =>
      factsOf(clusters[at] as string, now, {
        sealedSecrets: { value: git.sealed(at, secret) },
        trustMaps: { value: [{ namespace: 'ai-spm', roots: git.roots(told) }] },
        proxies: {
          value: proxies.map(({ trusts, shows }, index) => ({
            ...{ namespace: 'ai-spm', pod: `pod-${index}`, roots: git.roots(trusts), chain: git.leaf(shows) },
          })),
        },
        istiods: {
          value: istiods.map(({ taken }, index) => ({
            ...{ pod: `istiod-${index}`, ready: true, signerEnd: git.signerEnd(at, taken), rootEnd: 0 },
          })),
        },
      }),
    );
  return remembered(({ state, at, direction }) =>
    isLegal(meshRoot, git.tree(state.map((one) => one.git)), clusters[at] as string, direction, {
      ...{ all: clusters, facts: facts(state), now },
    }),
  );
}

/** The clusters of one mesh while its root is replaced: proxies of all of them talk to each other at every moment. */
export function meshModel(git: MeshFiles, isOpen: Gates, options: MeshOptions): Model<MeshState> {
  const { shortcuts = [], jump, istiodsFollow = true } = options;
  const { clusters } = git;
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
  return { ...rest, found: undefined, istiods: istiods.map(({ taken }) => ({ mounted: 0, taken })) };
}
