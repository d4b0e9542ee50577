import { createSelfSigned } from '../../secrets/certificates.ts';
import { checkChain } from '../../secrets/check-chain.ts';
import { platformPath } from '../cluster-files.ts';
import { gatewayShows } from '../gates/gateway-shows.ts';
import type { FileChanges, RotationKind, StepContext } from '../rotation.ts';
import {
  accept,
  answer,
  finish,
  isReplaced,
  isRequested,
  type Requested,
  request,
  restore,
  withdraw,
} from './requested.ts';

const TLS: Requested = { secret: 'ai-spm-tls', keyName: 'tls.key' };
const CERTIFICATE = 'tls.crt';

/** The certificate of the public gateway. Envoy takes it over while it runs (SDS): connections that are open go on. */
export const gatewayTls: RotationKind = {
  name: 'gateway-tls',
  summary: 'the certificate of the public gateway',
  phases: [
    {
      name: 'standby',
      holds: 'the certificate is in use',
      forward: { does: 'seals a new key, and writes a request for an authority to sign', gates: [], step: ask },
    },
    {
      name: 'requested',
      holds: 'the new key waits for its certificate; the old one is in use',
      forward: {
        does: 'puts the new certificate and its key in place of the old ones, which are kept beside them',
        gates: [],
        step: replace,
      },
      back: {
        does: 'withdraws the request, and drops its key',
        gates: [],
        step: async (context) => withdraw(context, TLS),
      },
    },
    {
      name: 'replaced',
      holds: 'the new certificate is in git; the old one is kept',
      forward: {
        does: 'drops the old certificate and its key',
        gates: [gatewayShows],
        step: async (context) => finish(context, TLS),
      },
      back: {
        does: 'puts the old certificate and its key back; the new key waits again',
        gates: [],
        step: async (context) => restore(context, TLS),
      },
    },
  ],
  observe(tree, cluster) {
    if (tree.read(platformPath(cluster, TLS.secret)) === undefined) return undefined;
    if (isRequested(tree, cluster, TLS)) return 'requested';
    return isReplaced(tree, cluster, TLS) ? 'replaced' : 'standby';
  },
  noEmergency: 'nothing lies between the old certificate and the new one but the answer of the authority',
};

/** The answer to itself waits beside the key where no authority is to be asked. */
function ask(context: StepContext): Promise<FileChanges> {
  const { cluster, now, inputs } = context;
  const { host } = cluster;
  const selfSigned = async (key: string) => ({
    [CERTIFICATE]: (await createSelfSigned(host, now, undefined, key)).certificate,
  });
  const wanted = { subject: `CN=${host}`, dnsNames: [host] };
  return request(context, TLS, wanted, inputs.selfSigned ? selfSigned : undefined);
}

async function replace(context: StepContext): Promise<FileChanges> {
  const { chain, publicKey } = answer(context, TLS, CERTIFICATE);
  const hosts = [context.cluster.host];
  const certificates = checkChain(chain, { publicKey, now: context.now, hosts });
  return accept(context, TLS, { [CERTIFICATE]: certificates.map((one) => one.toString()).join('') });
}
