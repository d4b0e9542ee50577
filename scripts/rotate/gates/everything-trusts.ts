import type { X509Certificate } from 'node:crypto';
import { certificatesIn, fingerprintOf } from '../../secrets/pem.ts';
import { type Authority, readAuthority } from '../mesh-authority.ts';
import type { Gate } from '../rotation.ts';
import { inEach } from './collected.ts';

type Roots = (authority: Authority) => X509Certificate[];

/** Every proxy of every cluster, and what namespaces are told, holds some roots: all of them, not any. */
export function everythingTrusts(wanted: Roots): Gate {
  const { check, ...gate } = everythingStillTrusts(wanted);
  return {
    ...gate,
    reads: ['proxies', 'trustMaps', 'istiods'],
    check: (facts, context) => [
      ...check(facts, context),
      ...inEach(facts, 'proxies', (proxies) =>
        proxies.flatMap(({ namespace, pod, roots }) => (roots === '' ? [`${namespace}/${pod} trusts nobody yet`] : [])),
      ),
      ...inEach(facts, 'istiods', (istiods) =>
        istiods.length === 0
          ? ['there is no istiod']
          : istiods.flatMap(({ pod, ready }) => (ready ? [] : [`${pod} is not ready`])),
      ),
    ],
  };
}

/** The same for a way back, which must be open where istiod does not start: a proxy that waits for it is told later, and serves nobody. */
export function everythingStillTrusts(wanted: Roots): Gate {
  return {
    name: 'trusted',
    wants: 'every proxy and every namespace of every cluster trusts both roots',
    reads: ['proxies', 'trustMaps'],
    check: (facts, { tree, cluster }) => {
      const authority = readAuthority(tree, cluster);
      if (!authority) return [`${cluster} has no authority`];
      const roots = wanted(authority);
      const missing = (pem: string) => {
        const held = new Set(certificatesIn(pem).map(fingerprintOf));
        return roots.filter((root) => !held.has(fingerprintOf(root)));
      };
      const reason = (what: string, pem: string) =>
        missing(pem).map((root) => `${what} does not trust ${fingerprintOf(root).slice(0, 12)}`);
      return [
        ...inEach(facts, 'proxies', (proxies) =>
          proxies.length === 0
            ? ['there is no proxy']
            : proxies.flatMap(({ namespace, pod, roots: pem }) =>
                pem === '' ? [] : reason(`${namespace}/${pod}`, pem),
              ),
        ),
        ...inEach(facts, 'trustMaps', (maps) =>
          maps.length === 0
            ? ['no namespace is told what to trust']
            : maps.flatMap(({ namespace, roots: pem }) => reason(`istio-ca-root-cert in ${namespace}`, pem)),
        ),
      ];
    },
  };
}
