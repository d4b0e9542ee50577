import { cluster, gatewayCertificates, OTHERS_SYNCED, pod, synced } from './healthy-cluster.ts';
import type { LiveCode } from './live-code.ts';

export const proxyMissing: LiveCode = {
  code: 'MESH101',
  slug: 'live-proxy-missing',
  promisedIn: 'base/mesh/namespace.yaml',
  severity: 'error',
  title: 'a pod runs without a proxy, or its proxy is not ready',
  why: 'A pod without a ready proxy has no identity: policies cannot tell who it is, and it cannot be called.',
  fix: 'Was istiod there when the pod was made? `kubectl logs POD -c istio-proxy` says what the proxy waits for; delete a pod that has no proxy, so that it is made anew.',
  bad: cluster({ 'live/api-1.yaml': pod('api-1', { containers: [{ name: 'api' }] }) }),
  // Where the cluster has sidecar containers, the proxy is among the init containers.
  good: cluster({
    'live/api-1.yaml': pod('api-1', { initContainers: [{ name: 'istio-proxy' }], containers: [{ name: 'api' }] }),
  }),
};

export const proxyStale: LiveCode = {
  code: 'MESH102',
  slug: 'live-proxy-stale',
  promisedIn: 'argocd/platform/istiod/values.yaml',
  severity: 'error',
  title: 'a proxy does not have the configuration that istiod sent, or no istiod sends it any',
  why: 'It enforces older policies, whatever git and the API server say.',
  fix: '`kubectl logs POD -c istio-proxy` says which part it refused; `istioctl proxy-status` compares them.',
  bad: cluster({
    'live/answers/istiod-1/debug/syncz':
      OTHERS_SYNCED +
      synced('api-1.ai-spm', 'cluster_sent: "2", cluster_acked: "2", listener_sent: "2", listener_acked: "1"'),
  }),
  // It has no use for routes, so none were sent.
  good: cluster({
    'live/answers/istiod-1/debug/syncz':
      OTHERS_SYNCED +
      synced('api-1.ai-spm', 'cluster_sent: "2", cluster_acked: "2", listener_sent: "1", listener_acked: "1"'),
  }),
};

export const certificateExpiring: LiveCode = {
  code: 'MESH103',
  slug: 'live-certificate-expiring',
  promisedIn: 'argocd/platform/istiod/values.yaml',
  severity: 'error',
  title: 'a certificate of a proxy expires soon, or its issuer does',
  why: 'With an expired certificate every connection of the workload fails.',
  fix: 'Proxies renew their own in time: see `kubectl logs POD -c istio-proxy`. For an issuer or a root, rotate it.',
  bad: cluster({ 'live/answers/api-1/certificates': 'hoursLeft: 0.5\n' }),
  good: cluster({ 'live/answers/api-1/certificates': 'hoursLeft: 2\n' }),
};

export const gatewayCertificate: LiveCode = {
  code: 'MESH109',
  slug: 'live-gateway-certificate',
  promisedIn: 'base/mesh/gateway.yaml',
  severity: 'error',
  title: 'the public gateway has no good certificate for a host that it serves',
  why: 'Clients refuse the connection: the certificate is missing, is for another name, or ends soon.',
  fix: 'Give it one for that name: docs/rotation.md, kind `gateway-tls`. Where another system renews it, look why it has not.',
  bad: cluster({ 'live/answers/istio-ingressgateway-1/certificates': gatewayCertificates('api.example.com') }),
  good: cluster({ 'live/answers/istio-ingressgateway-1/certificates': gatewayCertificates('*.example.com') }),
};
