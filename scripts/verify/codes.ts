import type { CodeText } from '../rules/rule.ts';

/** What `npm run verify` finds on a live cluster. */
export const edgeRefused: CodeText = {
  code: 'ACC101',
  slug: 'live-edge-refused',
  severity: 'error',
  title: 'a declared edge does not pass on the live cluster',
  why: 'What base/access.yaml promises does not work for those who rely on it.',
  fix: 'Is the callee running, and is the revision of its AuthorizationPolicy, Sidecar and NetworkPolicy the one in git? `kubectl logs -c istio-proxy` of both ends says who refused.',
};

export const undeclaredPassed: CodeText = {
  code: 'ACC102',
  slug: 'live-undeclared-passed',
  severity: 'error',
  title: 'a request that no edge declares passes on the live cluster',
  why: 'Everything that base/access.yaml does not list must be refused: here someone reaches what nobody has asked for or reviewed.',
  fix: 'Compare the policies of the callee with those in git, and look for policies that are not from git.',
};

export const proxyMissing: CodeText = {
  code: 'MESH101',
  slug: 'live-proxy-missing',
  severity: 'error',
  title: 'a pod runs without a proxy, or its proxy is not ready',
  why: 'A pod without a ready proxy has no identity: policies cannot tell who it is, and it cannot be called.',
  fix: 'Was istiod there when the pod was made? `kubectl logs POD -c istio-proxy` says what the proxy waits for; delete a pod that has no proxy, so that it is made anew.',
};

export const proxyStale: CodeText = {
  code: 'MESH102',
  slug: 'live-proxy-stale',
  severity: 'error',
  title: 'a proxy does not have the configuration that istiod sent',
  why: 'It enforces older policies, whatever git and the API server say.',
  fix: '`kubectl logs POD -c istio-proxy` says which part it refused; `istioctl proxy-status` compares them.',
};

export const certificateExpiring: CodeText = {
  code: 'MESH103',
  slug: 'live-certificate-expiring',
  severity: 'error',
  title: 'a certificate of a proxy expires soon, or its issuer does',
  why: 'With an expired certificate every connection of the workload fails.',
  fix: 'Proxies renew their own in time: see `kubectl logs POD -c istio-proxy`. For an issuer or a root, rotate it.',
};

export const applicationUnhealthy: CodeText = {
  code: 'ARGO101',
  slug: 'live-application-unhealthy',
  severity: 'error',
  title: 'an Argo CD application is not synced, or not healthy',
  why: 'The cluster does not run what git says.',
  fix: '`kubectl describe application NAME --namespace argocd` says what it waits for.',
};

export const liveCodes: readonly CodeText[] = [
  edgeRefused,
  undeclaredPassed,
  applicationUnhealthy,
  proxyMissing,
  proxyStale,
  certificateExpiring,
];
