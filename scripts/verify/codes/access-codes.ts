import { cluster } from './healthy-cluster.ts';
import type { LiveCode } from './live-code.ts';

export const edgeRefused: LiveCode = {
  code: 'ACC101',
  slug: 'live-edge-refused',
  promisedIn: 'base/access.yaml',
  severity: 'error',
  title: 'a declared edge does not pass on the live cluster',
  why: 'What base/access.yaml promises does not work for those who rely on it.',
  fix: 'Is the callee running, and is the revision of its AuthorizationPolicy, Sidecar and NetworkPolicy the one in git? `kubectl logs -c istio-proxy` of both ends says who refused.',
  bad: cluster({ 'live/requests.yaml': 'web -> api port 81 GET /run: status 403 by policy\n' }),
  // It knows no such path today: that is the answer of the callee itself.
  good: cluster({ 'live/requests.yaml': 'web -> api port 81 GET /run: status 404 of the callee\n' }),
};

export const undeclaredPassed: LiveCode = {
  code: 'ACC102',
  slug: 'live-undeclared-passed',
  promisedIn: 'base/access.yaml',
  severity: 'error',
  title: 'a request that no edge declares passes on the live cluster',
  why: 'Everything that base/access.yaml does not list must be refused: here someone reaches what nobody has asked for or reviewed.',
  fix: 'Compare the policies of the callee with those in git, and look for policies that are not from git.',
  bad: cluster({ 'live/requests.yaml': 'api -> web port 80 GET /: status 200 of the callee\n' }),
  // No policy has refused it, and it has not left the pod either.
  good: cluster({ 'live/requests.yaml': 'api -> web port 80 GET /: status 503 of the own proxy\n' }),
};

export const networkPolicyNotEnforced: LiveCode = {
  code: 'MESH108',
  slug: 'live-network-policy-not-enforced',
  promisedIn: 'base/mesh/network-policy-mesh.yaml',
  severity: 'warning',
  title: 'NetworkPolicies are not enforced',
  why: 'A pod that no NetworkPolicy admits reads the metrics of a workload, on a port that the mesh does not guard. The mesh is then the only fence: a pod without a sidecar is not held back by anything.',
  fix: 'Use a network plugin that enforces NetworkPolicies (Calico, Cilium, or the option of the cloud provider).',
  bad: cluster({
    'live/requests.yaml': 'outside -> a pod of web port 15020 GET /stats/prometheus: status 200 of the callee\n',
  }),
  good: cluster({
    'live/requests.yaml': 'prometheus -> a pod of web port 15020 GET /stats/prometheus: status 200 of the callee\n',
  }),
};
