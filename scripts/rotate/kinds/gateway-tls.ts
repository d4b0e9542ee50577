import { checkChain } from '../../secrets/check-chain.ts';
import { platformPath } from '../cluster-files.ts';
import { gatewayShows } from '../gates/gateway-shows.ts';
import type { RotationKind } from '../rotation.ts';
import { readRotationFile } from '../rotation-file.ts';
import { accept, answer, isRequested, type Requested, request, withdraw } from './requested.ts';

const TLS: Requested = { secret: 'ai-spm-tls', keyName: 'tls.key' };

/** The certificate of the public gateway. Envoy takes it over while it runs (SDS): connections that are open go on. */
export const gatewayTls: RotationKind = {
  name: 'gateway-tls',
  summary: 'the certificate of the public gateway',
  phases: [
    {
      name: 'standby',
      holds: 'the certificate is in use',
      forward: {
        does: 'seals a new key, and writes a request for an authority to sign',
        gates: [],
        step: (context) => {
          const { host } = context.cluster;
          return request(context, TLS, { subject: `CN=${host}`, dnsNames: [host] });
        },
      },
    },
    {
      name: 'requested',
      holds: 'the new key waits for its certificate; the old one is in use',
      forward: {
        does: 'puts the new certificate and its key in place of the old ones',
        gates: [],
        step: async (context) => {
          const { chain, publicKey } = answer(context, TLS);
          const hosts = [context.cluster.host];
          const certificates = checkChain(chain, { publicKey, now: context.now, hosts });
          return accept(context, TLS, { 'tls.crt': certificates.map((one) => one.toString()).join('') });
        },
      },
      back: { does: 'withdraws the request, and drops its key', gates: [], step: (context) => withdraw(context, TLS) },
    },
    {
      name: 'replaced',
      holds: 'the new certificate is in git',
      forward: {
        does: 'ends the rotation',
        gates: [gatewayShows],
        // Nothing but the note that it is under way.
        step: async () => new Map(),
      },
    },
  ],
  observe(tree, cluster) {
    if (tree.read(platformPath(cluster, TLS.secret)) === undefined) return undefined;
    if (isRequested(tree, cluster, TLS)) return 'requested';
    // The files of both are alike: what was collected tells whether the gateway has it.
    return readRotationFile(tree, cluster).underWay['gateway-tls'] ? 'replaced' : 'standby';
  },
  noEmergency: 'nothing lies between the old certificate and the new one but the answer of the authority',
};
