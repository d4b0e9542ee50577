import type { Gate, GateContext } from '../rotation.ts';
import { inEach } from './collected.ts';

interface Peer {
  /** Who reads. */
  peer: string;
  /** Whether git has credentials for it. */
  isGiven: boolean;
}

/**
 * Every istiod of every peer reads the cluster. istiod puts the client of a changed remote secret in place of the one before at once
 * (`Swap`, Istio pkg/kube/multicluster/clusterstore.go), so `synced` is said of the new one.
 */
export function peersRead(peersOf: (context: GateContext) => readonly Peer[]): Gate {
  return {
    name: 'synced',
    reads: ['remoteClusters', 'istiods'],
    wants: 'every istiod of every peer reads the cluster',
    check: (facts, context) => {
      const { cluster } = context;
      return peersOf(context).flatMap(({ peer, isGiven }) => {
        if (!isGiven) return [];
        const own = facts.filter((one) => one.cluster === peer);
        if (own.length === 0) return [`${peer}: nothing was collected`];
        // One that knows no other cluster at all is listed as a replica only.
        const replicas = own.flatMap(({ istiods }) => ('value' in istiods ? istiods.value.map(({ pod }) => pod) : []));
        return inEach(own, 'remoteClusters', (remotes) => {
          const states = new Map(
            remotes.filter((one) => one.cluster === cluster).map((one) => [one.istiod, one.state]),
          );
          if (replicas.length + states.size === 0) return [`no istiod says whether it reads ${cluster}`];
          return [...new Set([...replicas, ...states.keys()])]
            .filter((istiod) => states.get(istiod) !== 'synced')
            .map(
              (istiod) =>
                `${istiod} does not read ${cluster}: ${states.get(istiod) ?? 'it has no remote secret of it'}`,
            );
        });
      });
    },
  };
}

/** What git no longer has for a peer, the peer no longer has: a token must not go while it is held. */
export function peersForgot(
  peersOf: (context: GateContext) => readonly Peer[],
  secretOf: (cluster: string) => string,
): Gate {
  return {
    name: 'withdrawn',
    reads: ['sealedSecrets'],
    wants: 'no peer has credentials that git has taken away',
    check: (facts, context) =>
      peersOf(context).flatMap(({ peer, isGiven }) => {
        if (isGiven) return [];
        const own = facts.filter((one) => one.cluster === peer);
        const name = secretOf(context.cluster);
        return inEach(own, 'sealedSecrets', (sealed) =>
          sealed.some((one) => one.name === name) ? [`SealedSecret ${name} is still there`] : [],
        );
      }),
  };
}
