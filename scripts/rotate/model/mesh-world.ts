import type { Direction } from '../engine.ts';
import type { Move } from './explore.ts';

/** Of the root of a mesh, A being the old one and B the new one: what stands in the bundle, and which one signs. */
export const PHASES: readonly string[] = ['standby', 'trusted', 'signing', 'reissued', 'done'];
export const TRUSTED: readonly string[] = ['A', 'AB', 'AB', 'ABB', 'B'];
export const SIGNER: readonly string[] = ['A', 'A', 'B', 'B', 'B'];
export const DONE = PHASES.length - 1;

export interface Istiod {
  /** Phase whose files the kubelet has brought, and the one whose files it took. */
  mounted: number;
  taken: number;
}

export interface Proxy {
  trusts: string;
  /** The root that its certificate is under. */
  shows: string;
}

export interface Cluster {
  git: number;
  /** The furthest phase that git has said in this rotation. */
  reached: number;
  /** The step whose gates were found open. */
  found?: Direction | undefined;
  /** Phase of the Secret that the cluster has. */
  secret: number;
  istiods: Istiod[];
  /** What `istio-ca-root-cert` holds: with it a new proxy begins. */
  told: string;
  proxies: Proxy[];
}

export type MeshState = Cluster[];

/**
 * What clusters do by themselves, each part at its own time.
 * @param renews a proxy may ask for a certificate at any time, as at half of the life of its old one; else only when it is sent other bytes
 */
export function meshMoves(state: MeshState, names: readonly string[], renews: boolean): Move<MeshState>[] {
  return state.flatMap((cluster, at) =>
    movesIn(cluster, renews).map(({ what, next }) => ({
      what: `${names[at]}: ${what}`,
      next: state.map((one, index) => (index === at ? next : one)),
    })),
  );
}

function movesIn(cluster: Cluster, renews: boolean): Move<Cluster>[] {
  const { git, secret, istiods, told, proxies } = cluster;
  const taken = [...new Set(istiods.map((one) => one.taken))];
  return [
    ...(git === secret ? [] : [{ what: 'the Secret arrives', next: { ...cluster, secret: git } }]),
    ...each(istiods, ({ mounted, taken: old }) => [
      ...(mounted === secret
        ? []
        : [
            {
              what: 'istiod is given the Secret',
              next: { mounted: secret, taken: accepts(old, secret) ? secret : old },
            },
          ]),
      ...(mounted === old ? [] : [{ what: 'istiod is restarted', next: { mounted, taken: mounted } }]),
    ]).map(({ what, next }) => ({ what, next: { ...cluster, istiods: next } })),
    ...taken.flatMap((phase): Move<Cluster>[] => {
      const trusts = TRUSTED[phase] as string;
      return [
        ...(told === trusts ? [] : [{ what: `namespaces are told ${trusts}`, next: { ...cluster, told: trusts } }]),
        ...each(proxies, (proxy) => (renews ? atAnyTime(proxy, phase) : whenSent(proxy, trusts, taken))).map(
          ({ what, next }) => ({ what, next: { ...cluster, proxies: next } }),
        ),
      ];
    }),
  ];
}

function atAnyTime(proxy: Proxy, phase: number): Move<Proxy>[] {
  const [trusts, shows] = [TRUSTED[phase] as string, SIGNER[phase] as string];
  return [
    ...(proxy.trusts === trusts ? [] : [{ what: `a proxy trusts ${trusts}`, next: { ...proxy, trusts } }]),
    ...(proxy.shows === shows
      ? []
      : [{ what: `a proxy gets a certificate under ${shows}`, next: { ...proxy, shows } }]),
  ];
}

/** One replica of istiod sends the bundle, and another one may answer the request that follows. */
function whenSent(proxy: Proxy, trusts: string, taken: readonly number[]): Move<Proxy>[] {
  if (proxy.trusts === trusts) return [];
  return [...new Set(taken.map((phase) => SIGNER[phase] as string))].map((shows) => ({
    what: `a proxy is sent ${trusts} and gets a certificate under ${shows}`,
    next: { trusts, shows },
  }));
}

/**
 * istiod takes a bundle that contains its own or is contained in it, and says so of another in its log only; a restart takes anything.
 * @see https://github.com/istio/istio/blob/master/pilot/pkg/bootstrap/istio_ca.go (pemBundleHasSubsetRelation)
 */
function accepts(old: number, next: number): boolean {
  const [a, b] = [TRUSTED[old] as string, TRUSTED[next] as string];
  const isIn = (part: string, whole: string) => [...part].every((root) => whole.includes(root));
  return isIn(a, b) || isIn(b, a);
}

/** Changes of one of several that are alike: their order does not matter. */
function each<T>(all: readonly T[], change: (one: T) => Move<T>[]): Move<T[]>[] {
  return all.flatMap((one, at) =>
    change(one).map(({ what, next }) => {
      const keyed = [...all.slice(0, at), ...all.slice(at + 1), next].map(
        (item) => [JSON.stringify(item), item] as const,
      );
      return { what, next: keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item) };
    }),
  );
}

/** Any two proxies of the mesh may talk, and any istiod may be asked by a proxy that begins. */
export function untrusted(state: MeshState, names: readonly string[]): string | undefined {
  const proxies = state.flatMap((cluster, at) => cluster.proxies.map((proxy) => ({ ...proxy, at })));
  for (const own of proxies) {
    const peer = proxies.find(({ shows }) => !own.trusts.includes(shows));
    if (peer)
      return `a proxy of ${names[own.at]} trusts ${own.trusts} and meets one of ${names[peer.at]} under ${peer.shows}`;
  }
  for (const [at, { told, istiods }] of state.entries()) {
    const istiod = istiods.find(({ taken }) => !told.includes(SIGNER[taken] as string));
    if (istiod)
      return `a proxy that begins in ${names[at]} trusts ${told} and meets istiod under ${SIGNER[istiod.taken]}`;
  }
  return undefined;
}
