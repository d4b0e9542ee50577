import type { Direction } from '../engine.ts';
import type { ClusterFacts } from '../facts/facts.ts';
import { meshRoot } from '../kinds/mesh-root.ts';
import type { Model, Move } from './explore.ts';
import { factsOf, isLegal, rememberedBy, type Shortcut } from './git-steps.ts';
import type { MeshFiles } from './mesh-files.ts';
import { type Cluster, DONE, type MeshState, meshMoves, PHASES, untrusted } from './mesh-world.ts';

export interface MeshOptions {
  /** In each cluster. */
  istiods: number;
  proxies: number;
  shortcuts?: readonly Shortcut[];
  /** A commit that leaves phases out: from and to. */
  jump?: readonly [from: number, to: number];
  /** Name of a gate that is left out of every step. */
  without?: string;
  /** Nothing but the steps makes proxies ask for certificates, and no step is taken back: what gets stuck then waits for half a day. */
  onlyWhenSent?: boolean;
}

type Gates = (step: { state: MeshState; at: number; direction: Direction; without: string | undefined }) => boolean;

const HOUR_MS = 3_600_000;

/** What the gates of the kind say in each state, once for all models of a mesh. */
export function meshGates(git: MeshFiles): Gates {
  const { clusters, now } = git;
  const facts = (state: MeshState): ClusterFacts[] =>
    state.map(({ secret, istiods, told, proxies }, at) =>
      factsOf(clusters[at] as string, now, {
        // Kubelets are faster than the time that a gate gives them.
        sealedSecrets: {
          value: git.sealed(at, secret).map((one) => ({ ...one, openedAt: openedAt(hasAll(state[at] as Cluster)) })),
        },
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
  const openedAt = (isLongAgo: boolean) => new Date(now.getTime() - (isLongAgo ? HOUR_MS : 0)).toISOString();
  return rememberedBy(({ state, at, direction, without }) =>
    isLegal(meshRoot, git.tree(state), clusters[at] as string, direction, {
      ...{ facts: facts(state), now, without },
    }),
  );
}

/** Every replica of istiod has the Secret that its cluster has. */
function hasAll({ secret, istiods }: Cluster): boolean {
  return istiods.every(({ mounted }) => mounted === secret);
}

/** The clusters of one mesh while its root is replaced: proxies of all of them talk to each other at every moment. */
export function meshModel(git: MeshFiles, isOpen: Gates, options: MeshOptions): Model<MeshState> {
  const { shortcuts = [], jump, without, onlyWhenSent = false } = options;
  const directions = onlyWhenSent ? (['forward'] as const) : (['forward', 'back'] as const);
  const { clusters } = git;
  const steps = (state: MeshState): Move<MeshState>[] =>
    state.flatMap((own, at) => {
      const change = (changed: Partial<Cluster>) =>
        state.map((one, index) => (index === at ? { ...one, ...changed } : one));
      const committed = (to: number) => ({
        what: `${clusters[at]}: git: ${PHASES[own.git]} to ${PHASES[to]}`,
        // The others were looked at from a commit that is not the newest any more: they are refused.
        next: change({ git: to, reached: to === 0 ? 0 : Math.max(to, own.reached) }).map((one) => ({
          ...one,
          found: undefined,
        })),
      });
      return [
        ...(jump?.[0] === own.git ? [committed(jump[1])] : []),
        ...directions.flatMap((direction): Move<MeshState>[] => {
          const to = own.git + (direction === 'forward' ? 1 : -1);
          const phase = PHASES[own.git] as string;
          if (own.git === DONE || to < 0) return [];
          const isShortcut = shortcuts.some((one) => one.from === phase && one.direction === direction);
          if (isShortcut || own.found === direction) return [committed(to)];
          if (!isOpen({ state: state.map(seen), at, direction, without })) return [];
          const what = `${clusters[at]}: the gates are open: ${phase} to ${PHASES[to]}`;
          return [{ what, next: change({ found: direction }) }];
        }),
      ];
    });
  const moves = (state: MeshState) => [...meshMoves(state, clusters, !onlyWhenSent), ...steps(state)];
  return {
    initial: clusters.map(() => ({
      ...{ git: 0, reached: 0, secret: 0, told: 'A' },
      istiods: Array(options.istiods).fill({ mounted: 0, taken: 0 }),
      proxies: Array(options.proxies).fill({ trusts: 'A', shows: 'A' }),
    })),
    moves,
    broken: (state) => {
      const isStuck = moves(state).length === 0 && state.some(({ git }) => git !== DONE);
      return isStuck ? 'nothing moves any more' : untrusted(state, clusters);
    },
  };
}

/** As far as facts show it. */
function seen(cluster: Cluster): Cluster {
  const mounted = hasAll(cluster) ? cluster.secret : -1;
  return { ...cluster, found: undefined, istiods: cluster.istiods.map(({ taken }) => ({ mounted, taken })) };
}
