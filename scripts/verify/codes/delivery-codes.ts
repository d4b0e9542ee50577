import { cluster } from './healthy-cluster.ts';
import type { LiveCode } from './live-code.ts';

const clusters = (state: string) => `- { id: one, syncStatus: synced }
- { id: two, syncStatus: ${state} }
`;

const sealedSecret = (observed: number) => `kind: SealedSecret
metadata: { name: password, namespace: ai-spm, generation: 2 }
status: { observedGeneration: ${observed}, conditions: [{ type: Synced, status: "True" }] }
`;

const application = (sync: string, health: string) => `kind: Application
metadata: { name: web, namespace: argocd }
status: { sync: { status: ${sync}, revision: 1a2b3c4 }, health: { status: ${health} } }
`;

export const remoteClusterUnsynced: LiveCode = {
  code: 'MESH107',
  slug: 'live-remote-cluster-unsynced',
  promisedIn: 'argocd/platform/istiod/values.yaml',
  severity: 'error',
  title: 'istiod does not read another cluster of the federation',
  why: 'Services of that cluster are unknown, or their endpoints are old: no failover, or to pods that are gone.',
  fix: 'Is there a Secret with the label istio/multiCluster in istio-system, is its token valid, and does the API server at its address answer? The log of istiod says which.',
  bad: cluster({ 'live/answers/istiod-1/debug/clusterz': clusters('timeout') }),
  good: cluster({ 'live/answers/istiod-1/debug/clusterz': clusters('synced') }),
};

export const secretSealed: LiveCode = {
  code: 'SEC101',
  slug: 'live-secret-sealed',
  promisedIn: 'argocd/cluster/sealed-secrets.yaml',
  severity: 'error',
  title: 'a SealedSecret has not been opened, or is not there',
  why: 'Pods run with the old value, or do not start without one.',
  fix: 'The message is that of the controller. `no key could decrypt secret`: it was sealed to the certificate of another cluster, or for another name or namespace.',
  // The controller has seen the version before.
  bad: cluster({ 'live/password.yaml': sealedSecret(1) }),
  good: cluster({ 'live/password.yaml': sealedSecret(2) }),
};

export const applicationUnhealthy: LiveCode = {
  code: 'ARGO101',
  slug: 'live-application-unhealthy',
  promisedIn: 'argocd/application-set.yaml',
  severity: 'error',
  title: 'an Argo CD application is not synced, not healthy, or not there',
  why: 'The cluster does not run what git says.',
  fix: '`kubectl describe application NAME --namespace argocd` says what it waits for.',
  bad: cluster({ 'live/web.yaml': application('Synced', 'Degraded') }),
  good: cluster({ 'live/web.yaml': application('Synced', 'Healthy') }),
};
