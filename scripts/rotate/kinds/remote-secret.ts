import { stringify } from 'yaml';
import { sealSecret } from '../../secrets/sealed-secret.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { READER } from '../account-token.ts';
import { apiServerOf } from '../api-server.ts';
import { platformPath, sealingCertificateOf } from '../cluster-files.ts';
import { peersOf } from '../federation-members.ts';
import { peersForgot, peersRead } from '../gates/peers-read.ts';
import { sealedOpened } from '../gates/sealed-opened.ts';
import { TOKEN_NOTE } from '../registration.ts';
import type { FileChanges, GateContext, StepContext } from '../rotation.ts';
import { type LiveToken, tokenTurns } from './token-turns.ts';

/** What the peer's istiod looks for, see `CreateRemoteSecret` in Istio istioctl/pkg/multicluster/remote_secret.go. */
export function remoteSecretName(cluster: string): string {
  return `istio-remote-secret-${cluster}`;
}

const holders = (tree: SourceTree, cluster: string) =>
  peersOf(tree, cluster).map((peer) => platformPath(peer, remoteSecretName(cluster)));

const given = ({ tree, cluster }: GateContext) =>
  peersOf(tree, cluster).map((peer) => ({
    peer,
    isGiven: tree.read(platformPath(peer, remoteSecretName(cluster))) !== undefined,
  }));

const opened = sealedOpened('what the peers read the cluster with', (context) =>
  given(context)
    .filter(({ isGiven }) => isGiven)
    .map(({ peer }) => ({ cluster: peer, path: platformPath(peer, remoteSecretName(context.cluster)) })),
);

const peersFollow = [opened, peersForgot(given, remoteSecretName), peersRead(given)];

/**
 * What the istiod of every other member of the federation reads a cluster with. Each peer has it sealed to its own key, in a Secret that keeps
 * its name: istiod takes a second Secret for the same cluster for a mistake.
 */
export const remoteSecret = tokenTurns({
  name: 'remote-secret',
  summary: 'what the other members of the federation read a cluster with',
  isMeshWide: true,
  account: READER,
  users: 'the other members',
  whenDeleted:
    'Argo CD makes it anew with another token, and the other members see no change of the cluster until all steps are taken',
  holders,
  demand: ({ tree, cluster }) => void apiServerOf(tree, cluster),
  publish,
  withdraw: ({ tree, cluster }) => new Map(holders(tree, cluster.name).map((path) => [path, undefined])),
  beforeOldGoes: peersFollow,
  beforeNewGoes: peersFollow,
});

function publish({ tree, cluster, now }: StepContext, token: LiveToken): FileChanges {
  const name = remoteSecretName(cluster.name);
  const secret = {
    namespace: READER.namespace,
    name,
    labels: { 'istio/multiCluster': 'true' },
    annotations: { 'networking.istio.io/cluster': cluster.name },
    notes: { [TOKEN_NOTE]: token.secret },
    data: { [cluster.name]: Buffer.from(kubeconfig(cluster.name, apiServerOf(tree, cluster), token)) },
  };
  return new Map(
    peersOf(tree, cluster.name).map((peer) => [
      platformPath(peer, name),
      sealSecret(secret, sealingCertificateOf(tree, peer, now)),
    ]),
  );
}

/** istiod takes a token or a certificate that stands in the file, and nothing that runs or reads another file (`sanitizeKubeConfig`, Istio pkg/kube/util.go). */
function kubeconfig(cluster: string, server: string, { token, authority }: LiveToken): string {
  const authorityData = Buffer.from(authority).toString('base64');
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: cluster, cluster: { 'certificate-authority-data': authorityData, server } }],
      users: [{ name: cluster, user: { token } }],
      contexts: [{ name: cluster, context: { cluster, user: cluster } }],
      'current-context': cluster,
    },
    { lineWidth: 0, compat: 'yaml-1.1' },
  );
}
