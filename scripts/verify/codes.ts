import type { CodeText } from '../rules/rule.ts';

/** What `npm run verify` finds on a live cluster. */
export interface LiveCode extends CodeText {
  /** The file that promises what the cluster does not do; a problem may know the line. */
  promisedIn: string;
}

export const edgeRefused: LiveCode = {
  code: 'ACC101',
  slug: 'live-edge-refused',
  promisedIn: 'base/access.yaml',
  severity: 'error',
  title: 'a declared edge does not pass on the live cluster',
  why: 'What base/access.yaml promises does not work for those who rely on it.',
  fix: 'Is the callee running, and is the revision of its AuthorizationPolicy, Sidecar and NetworkPolicy the one in git? `kubectl logs -c istio-proxy` of both ends says who refused.',
};

export const undeclaredPassed: LiveCode = {
  code: 'ACC102',
  slug: 'live-undeclared-passed',
  promisedIn: 'base/access.yaml',
  severity: 'error',
  title: 'a request that no edge declares passes on the live cluster',
  why: 'Everything that base/access.yaml does not list must be refused: here someone reaches what nobody has asked for or reviewed.',
  fix: 'Compare the policies of the callee with those in git, and look for policies that are not from git.',
};

export const podNotReady: LiveCode = {
  code: 'K8S101',
  slug: 'live-pod-not-ready',
  promisedIn: 'base/access.yaml',
  severity: 'error',
  title: 'a pod is not ready, or a workload has no pod that is',
  why: 'The probes of its kubelet do not pass, so no Service sends it a request: what is declared for it does not work, or hangs on fewer pods than planned.',
  fix: '`kubectl describe pod POD` says which probe fails or what it waits for; `kubectl logs POD` says why.',
};

export const notLookedAt: LiveCode = {
  code: 'K8S102',
  slug: 'live-not-looked-at',
  promisedIn: 'base/access.yaml',
  severity: 'error',
  title: 'something of a live cluster could not be looked at',
  why: 'Nothing is known of it: it may be well or not. The exit code is 2, as for everything that could not be done.',
  fix: 'The message says what failed. README.md, "Check live clusters", has the rights that the check needs.',
};

export const proxyMissing: LiveCode = {
  code: 'MESH101',
  slug: 'live-proxy-missing',
  promisedIn: 'base/mesh/namespace.yaml',
  severity: 'error',
  title: 'a pod runs without a proxy, or its proxy is not ready',
  why: 'A pod without a ready proxy has no identity: policies cannot tell who it is, and it cannot be called.',
  fix: 'Was istiod there when the pod was made? `kubectl logs POD -c istio-proxy` says what the proxy waits for; delete a pod that has no proxy, so that it is made anew.',
};

export const proxyStale: LiveCode = {
  code: 'MESH102',
  slug: 'live-proxy-stale',
  promisedIn: 'argocd/platform/istiod/values.yaml',
  severity: 'error',
  title: 'a proxy does not have the configuration that istiod sent',
  why: 'It enforces older policies, whatever git and the API server say.',
  fix: '`kubectl logs POD -c istio-proxy` says which part it refused; `istioctl proxy-status` compares them.',
};

export const certificateExpiring: LiveCode = {
  code: 'MESH103',
  slug: 'live-certificate-expiring',
  promisedIn: 'argocd/platform/istiod/values.yaml',
  severity: 'error',
  title: 'a certificate of a proxy expires soon, or its issuer does',
  why: 'With an expired certificate every connection of the workload fails.',
  fix: 'Proxies renew their own in time: see `kubectl logs POD -c istio-proxy`. For an issuer or a root, rotate it.',
};

export const plaintextAccepted: LiveCode = {
  code: 'MESH104',
  slug: 'live-plaintext-accepted',
  promisedIn: 'base/mesh/peer-authentication.yaml',
  severity: 'error',
  title: 'a port of a workload takes plaintext',
  why: 'Whoever reaches the pod can call it without an identity, and can read and change what others send.',
  fix: 'Look for PeerAuthentications that are not from git: `kubectl get peerauthentications -A`. The port is the one of the container.',
};

export const policyNotAttached: LiveCode = {
  code: 'MESH105',
  slug: 'live-policy-not-attached',
  promisedIn: 'base/mesh/authorization-policy.yaml',
  severity: 'error',
  title: 'the proxy of a pod does not enforce a policy that selects it',
  why: 'The API server has the policy and Envoy does not: what it denies may pass, what it allows may be refused.',
  fix: '`istioctl proxy-status` and `kubectl logs POD -c istio-proxy` say whether the proxy refused its configuration.',
};

export const egressOpen: LiveCode = {
  code: 'MESH106',
  slug: 'live-egress-open',
  promisedIn: 'base/mesh/sidecar.yaml',
  severity: 'error',
  title: 'a pod may call hosts that no ServiceEntry declares',
  why: 'Data can leave the cluster to anywhere; base/access.yaml promises that only declared hosts are reached.',
  fix: '`outboundTrafficPolicy` of the mesh and of every Sidecar must be REGISTRY_ONLY, as argocd/platform/istiod/values.yaml says.',
};

export const remoteClusterUnsynced: LiveCode = {
  code: 'MESH107',
  slug: 'live-remote-cluster-unsynced',
  promisedIn: 'argocd/platform/istiod/values.yaml',
  severity: 'error',
  title: 'istiod does not read another cluster of the federation',
  why: 'Services of that cluster are unknown, or their endpoints are old: no failover, or to pods that are gone.',
  fix: 'Is there a Secret with the label istio/multiCluster in istio-system, is its token valid, and does the API server at its address answer? The log of istiod says which.',
};

export const networkPolicyNotEnforced: LiveCode = {
  code: 'MESH108',
  slug: 'live-network-policy-not-enforced',
  promisedIn: 'base/mesh/network-policy-mesh.yaml',
  severity: 'warning',
  title: 'NetworkPolicies are not enforced',
  why: 'A pod that no NetworkPolicy admits reads the metrics of a workload, on a port that the mesh does not guard. The mesh is then the only fence: a pod without a sidecar is not held back by anything.',
  fix: 'Use a network plugin that enforces NetworkPolicies (Calico, Cilium, or the option of the cloud provider).',
};

export const secretSealed: LiveCode = {
  code: 'SEC101',
  slug: 'live-secret-sealed',
  promisedIn: 'argocd/cluster/sealed-secrets.yaml',
  severity: 'error',
  title: 'a SealedSecret has not been opened',
  why: 'Pods run with the old value, or do not start without one.',
  fix: 'The message is that of the controller. `no key could decrypt secret`: it was sealed to the certificate of another cluster, or for another name or namespace.',
};

export const applicationUnhealthy: LiveCode = {
  code: 'ARGO101',
  slug: 'live-application-unhealthy',
  promisedIn: 'argocd/application-set.yaml',
  severity: 'error',
  title: 'an Argo CD application is not synced, or not healthy',
  why: 'The cluster does not run what git says.',
  fix: '`kubectl describe application NAME --namespace argocd` says what it waits for.',
};

export const liveCodes: readonly LiveCode[] = [
  edgeRefused,
  undeclaredPassed,
  applicationUnhealthy,
  podNotReady,
  notLookedAt,
  proxyMissing,
  proxyStale,
  certificateExpiring,
  plaintextAccepted,
  policyNotAttached,
  egressOpen,
  remoteClusterUnsynced,
  networkPolicyNotEnforced,
  secretSealed,
];
