import type { X509Certificate } from 'node:crypto';
import { fingerprintOf } from '../../secrets/pem.ts';
import { type Authority, isUnder, readAuthority } from '../mesh-authority.ts';
import { meshOf } from '../mesh-members.ts';
import type { Gate } from '../rotation.ts';

type Roots = (authority: Authority) => X509Certificate[];

/**
 * In git, every cluster of the mesh trusts some roots. What was collected is not enough: a commit that takes one of them away may be merged, and not yet
 * have arrived.
 */
export function gitTrusts(wanted: Roots): Gate {
  return gitGate('git-trusts', 'git trusts both roots in every cluster of the mesh', wanted, ({ roots }, root) =>
    roots.some((one) => fingerprintOf(one) === fingerprintOf(root)) ? undefined : 'git does not trust',
  );
}

/** In git, the intermediate of every cluster of the mesh is under one root. */
export function gitSignsUnder(which: string, wanted: Roots): Gate {
  return gitGate(
    'git-signs',
    `git signs under the ${which} root in every cluster of the mesh`,
    wanted,
    (authority, root) => (isUnder(authority, root) ? undefined : 'git does not sign under'),
  );
}

/** @param problem what is wrong with one of the wanted roots in a cluster */
function gitGate(
  name: string,
  wants: string,
  wanted: Roots,
  problem: (authority: Authority, root: X509Certificate) => string | undefined,
): Gate {
  return {
    name,
    wants,
    reads: [],
    check: (_, { tree, cluster }) => {
      const own = readAuthority(tree, cluster);
      if (!own) return [`${cluster} has no authority`];
      return meshOf(tree, cluster).flatMap((one) => {
        const authority = readAuthority(tree, one);
        if (!authority) return [];
        return wanted(own).flatMap((root) => {
          const words = problem(authority, root);
          return words ? [`${one}: ${words} ${fingerprintOf(root).slice(0, 12)}`] : [];
        });
      });
    },
  };
}
