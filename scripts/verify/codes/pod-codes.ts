import { cluster, pod } from './healthy-cluster.ts';
import type { LiveCode } from './live-code.ts';

export const podNotReady: LiveCode = {
  code: 'K8S101',
  slug: 'live-pod-not-ready',
  promisedIn: 'base/access.yaml',
  severity: 'error',
  title: 'a pod is not ready, or a workload has no pod that is',
  why: 'The probes of its kubelet do not pass, so no Service sends it a request: what is declared for it does not work, or hangs on fewer pods than planned.',
  fix: '`kubectl describe pod POD` says which probe fails or what it waits for; `kubectl logs POD` says why.',
  bad: cluster({
    'live/web-1.yaml': pod('web-1', {
      status: '  phase: Running\n  conditions: [{ type: Ready, status: "False" }]\n',
      containers: [{ name: 'web', ready: false }, { name: 'istio-proxy' }],
    }),
  }),
  // An evicted pod stays in the list when another has taken its place.
  good: cluster({
    'live/web-0.yaml': pod('web-0', {
      status: '  phase: Failed\n  reason: Evicted\n  conditions: [{ type: Ready, status: "False" }]\n',
      containers: [{ name: 'web', ready: false }],
    }),
  }),
};

export const notLookedAt: LiveCode = {
  code: 'K8S102',
  slug: 'live-not-looked-at',
  // Nothing in git is wrong: the page has what the check needs.
  promisedIn: 'docs/verify.md',
  severity: 'error',
  title: 'something of a live cluster could not be looked at',
  why: 'Nothing is known of it: it may be well or not. The exit code is 2, as for everything that could not be done.',
  fix: 'The message says what failed. docs/verify.md has the rights that the check needs.',
  bad: cluster({ 'live/answers/istiod-1/debug/syncz': undefined }),
  good: cluster(),
};
