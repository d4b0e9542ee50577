import type { X509Certificate } from 'node:crypto';
import { certificatesIn, chainsTo, fingerprintOf } from '../../secrets/pem.ts';
import type { ProxyFacts } from '../facts/facts.ts';
import { type Authority, readAuthority } from '../mesh-authority.ts';
import type { Gate } from '../rotation.ts';
import { inEach } from './collected.ts';

type Roots = (authority: Authority) => X509Certificate[];

/** The certificate of every proxy of every cluster has been signed under one of some roots. */
export function leavesChainTo(roots: Roots): Gate {
  return leafGate(
    'reissued',
    'the certificate of every proxy of every cluster is signed under the new root',
    roots,
    (isUnder) => !isUnder,
    'still shows a certificate that is not under',
  );
}

/** No proxy shows a certificate that was signed under one of some roots. */
export function noLeafChainsTo(roots: Roots): Gate {
  return leafGate(
    'not-issued',
    'no proxy of any cluster shows a certificate under the new root',
    roots,
    (isUnder) => isUnder,
    'shows a certificate under',
  );
}

function leafGate(
  name: string,
  wants: string,
  rootsOf: Roots,
  isWrong: (isUnder: boolean) => boolean,
  words: string,
): Gate {
  return {
    name,
    wants,
    reads: ['proxies'],
    check: (facts, { tree, cluster }) => {
      const authority = readAuthority(tree, cluster);
      if (!authority) return [`${cluster} has no authority`];
      const roots = rootsOf(authority);
      const names = roots.map((root) => fingerprintOf(root).slice(0, 12)).join(', ');
      const isUnder = ({ chain }: ProxyFacts) => roots.some((root) => chainsTo(certificatesIn(chain), root));
      return inEach(facts, 'proxies', (proxies) =>
        proxies.length === 0
          ? ['there is no proxy']
          : proxies
              .filter((proxy) => isWrong(isUnder(proxy)))
              .map(({ namespace, pod }) => `${namespace}/${pod} ${words} ${names}`),
      );
    },
  };
}
