import { ISTIOD, intermediateSubject } from '../../secrets/certificates.ts';
import { istiodsSignWith } from '../gates/istiods-sign-with.ts';
import { readAuthority, signingRoot } from '../mesh-authority.ts';
import type { RotationKind } from '../rotation.ts';
import { answeredIntermediate, INTERMEDIATE } from './authority.ts';
import { accept, finish, isReplaced, isRequested, request, restore, withdraw } from './requested.ts';

/**
 * The intermediate with which istiod of a cluster signs, under the same root: what is trusted stays as it is, so nothing has to wait.
 * The root signs the request here (--mesh-root), or an outside authority does.
 */
export const meshIntermediate: RotationKind = {
  name: 'mesh-intermediate',
  summary: 'the intermediate with which istiod of a cluster signs its workloads',
  phases: [
    {
      name: 'standby',
      holds: 'istiod signs with the intermediate',
      forward: {
        does: 'seals a new key, and writes a request for the root to sign',
        gates: [],
        step: (context) => {
          const subject = intermediateSubject(context.cluster.name);
          return request(context, INTERMEDIATE, { subject, dnsNames: [ISTIOD] });
        },
      },
    },
    {
      name: 'requested',
      holds: 'the new key waits for its certificate; istiod signs with the old one',
      forward: {
        does: 'puts the new intermediate in place of the old one, which is kept beside it',
        gates: [],
        step: async (context) => {
          const authority = readAuthority(context.tree, context.cluster.name);
          const root = authority && signingRoot(authority);
          if (!root) throw new Error(`${context.cluster.name} has no authority`);
          return accept(context, INTERMEDIATE, await answeredIntermediate(context, root, 'same'));
        },
      },
      back: {
        does: 'withdraws the request, and drops its key',
        gates: [],
        step: async (context) => withdraw(context, INTERMEDIATE),
      },
    },
    {
      name: 'replaced',
      holds: 'the new intermediate is in git; the old one is kept',
      forward: {
        does: 'drops the old intermediate',
        gates: [istiodsSignWith((tree, cluster) => readAuthority(tree, cluster)?.signer)],
        step: async (context) => finish(context, INTERMEDIATE),
      },
      back: {
        does: 'puts the old intermediate back; the new key waits again',
        // Both are under one root: every proxy trusts what either of them signs.
        gates: [],
        step: async (context) => restore(context, INTERMEDIATE),
      },
    },
  ],
  observe(tree, cluster) {
    if (!readAuthority(tree, cluster)) return undefined;
    if (isRequested(tree, cluster, INTERMEDIATE)) return 'requested';
    return isReplaced(tree, cluster, INTERMEDIATE) ? 'replaced' : 'standby';
  },
  noEmergency:
    'workloads go on trusting what a stolen intermediate signs as long as they trust its root: replace that (mesh-root)',
};
