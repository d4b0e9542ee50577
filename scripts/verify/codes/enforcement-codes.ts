import { cluster, listeners } from './healthy-cluster.ts';
import type { LiveCode } from './live-code.ts';

const TO_ITSELF = `- filters: [{ typed_config: { cluster: BlackHoleCluster } }]
          `;

const policyFor = (app: string) => `kind: AuthorizationPolicy
metadata: { name: ${app}, namespace: ai-spm }
spec: { selector: { matchLabels: { app.kubernetes.io/name: ${app} } } }
`;

export const plaintextAccepted: LiveCode = {
  code: 'MESH104',
  slug: 'live-plaintext-accepted',
  promisedIn: 'base/mesh/peer-authentication.yaml',
  severity: 'error',
  title: 'a port of a workload takes plaintext',
  why: 'Whoever reaches the pod can call it without an identity, and can read and change what others send.',
  fix: 'Look for PeerAuthentications that are not from git: `kubectl get peerauthentications -A`. The port is the one of the container.',
  bad: cluster({
    'live/answers/api-1/listeners': listeners({ chain: '- filter_chain_match: { destination_port: 81 }' }),
  }),
  // What has no TLS there goes nowhere.
  good: cluster({ 'live/answers/api-1/listeners': listeners({ before: TO_ITSELF }) }),
};

export const policyNotAttached: LiveCode = {
  code: 'MESH105',
  slug: 'live-policy-not-attached',
  promisedIn: 'base/mesh/authorization-policy.yaml',
  severity: 'error',
  title: 'a policy is not there, or the proxy of a pod that it selects does not enforce it',
  why: 'What it denies may pass, what it allows may be refused. Without any policy, Istio lets everything pass.',
  fix: '`istioctl proxy-status` and `kubectl logs POD -c istio-proxy` say whether the proxy refused its configuration.',
  bad: cluster({ 'live/policy.yaml': policyFor('api') }),
  // It selects no pod that runs.
  good: cluster({ 'live/policy.yaml': policyFor('batch') }),
};

export const egressOpen: LiveCode = {
  code: 'MESH106',
  slug: 'live-egress-open',
  promisedIn: 'base/mesh/sidecar.yaml',
  severity: 'error',
  title: 'a pod may call hosts that no ServiceEntry declares',
  why: 'Data can leave the cluster to anywhere; base/access.yaml promises that only declared hosts are reached.',
  fix: '`outboundTrafficPolicy` of the mesh and of every Sidecar must be REGISTRY_ONLY, as argocd/platform/istiod/values.yaml says.',
  bad: cluster({ 'live/answers/api-1/listeners': listeners({ outbound: 'PassthroughCluster' }) }),
  good: cluster({ 'live/answers/api-1/listeners': listeners({ outbound: 'BlackHoleCluster' }) }),
};
