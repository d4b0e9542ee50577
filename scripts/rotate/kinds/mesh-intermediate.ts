import { checkChain } from '../../secrets/check-chain.ts';
import { overlayTree } from '../../system/source-tree.ts';
import { istiodsSignWith } from '../gates/istiods-sign-with.ts';
import type { RotationKind } from '../rotation.ts';
import { readRotationFile } from '../rotation-file.ts';
import { changeAuthority, keyOfRoot, readAuthority, signingRoot } from './authority.ts';
import { accept, answer, isRequested, type Requested, request, withdraw } from './requested.ts';

const AUTHORITY: Requested = { secret: 'cacerts', keyName: 'ca-key.pem' };

/**
 * The intermediate with which istiod of a cluster signs, under the same root: what is trusted stays as it is, so nothing has to wait.
 * The root signs it here (--mesh-root), or an outside authority by a request.
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
        step: (context) =>
          request(context, AUTHORITY, {
            subject: `O=ai-spm-mesh, CN=ai-spm-mesh intermediate, L=${context.cluster.name}`,
            dnsNames: ['istiod.istio-system.svc'],
          }),
      },
    },
    {
      name: 'requested',
      holds: 'the new key waits for its certificate; istiod signs with the old one',
      forward: {
        does: 'puts the new intermediate in place of the old one',
        gates: [],
        step: async (context) => {
          const { tree, cluster, now, inputs } = context;
          const authority = readAuthority(tree, cluster.name);
          const root = authority && signingRoot(authority);
          if (!authority || !root) throw new Error(`${cluster.name} has no authority`);
          if (inputs.meshRoot) {
            const signed = await changeAuthority(context, { signWith: keyOfRoot(context, root, 'same') });
            return new Map([...(await withdraw({ ...context, tree: overlayTree(tree, signed) }, AUTHORITY))]);
          }
          const { chain, publicKey } = answer(context, AUTHORITY);
          const certificates = checkChain(chain, { publicKey, now, authorityUnder: [root] });
          const own = certificates.filter((one) => one.fingerprint256 !== root.fingerprint256);
          const pem = own.map((one) => one.toString());
          return accept(context, AUTHORITY, {
            'ca-cert.pem': pem[0] ?? '',
            'cert-chain.pem': [...pem, root.toString()].join(''),
          });
        },
      },
      back: {
        does: 'withdraws the request, and drops its key',
        gates: [],
        step: (context) => withdraw(context, AUTHORITY),
      },
    },
    {
      name: 'replaced',
      holds: 'the new intermediate is in git',
      forward: {
        does: 'ends the rotation',
        gates: [istiodsSignWith((tree, cluster) => readAuthority(tree, cluster)?.signer)],
        step: async () => new Map(),
      },
    },
  ],
  observe(tree, cluster) {
    if (!readAuthority(tree, cluster)) return undefined;
    if (isRequested(tree, cluster, AUTHORITY)) return 'requested';
    return readRotationFile(tree, cluster).underWay['mesh-intermediate'] ? 'replaced' : 'standby';
  },
  noEmergency:
    'workloads go on trusting what a stolen intermediate signs as long as they trust its root: replace that (mesh-root)',
};
