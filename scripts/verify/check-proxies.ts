import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { certificateExpiring, proxyMissing, proxyStale } from './codes/proxy-codes.ts';
import type { Connection } from './connection.ts';
import { ENVOY_ADMIN } from './get-in-pod.ts';
import { hasReadyProxy, isLeaving, PROXY } from './kept-pods.ts';
import type { LiveProblem } from './live-problem.ts';
import { askPods } from './look.ts';
import { hoursUntil, type ProxyCertificates, proxyCertificates, SECRETS } from './proxy-certificates.ts';
import { readSync, type SyncState } from './sync-status.ts';

const NAMESPACES = ['ai-spm', 'istio-ingress', 'istio-eastwest'];
/** Certificates of workloads live a day and are renewed at half of it; an issuer or a root needs months to be replaced. */
const MINIMUM_HOURS = { own: 1, issuer: 30 * 24 };
/** A change is on its way for a moment, and a proxy that istiod sends elsewhere connects anew: what is seen twice counts. */
const SETTLING_MS = 2000;

/** One proxy, as it is in the JSON form of the findings. */
export interface ProxyState {
  namespace: string;
  pod: string;
  inSync: boolean;
  /** Absent where it could not be read. */
  certificates?: ProxyCertificates;
}

interface Seen {
  pods: readonly V1Pod[];
  ready: readonly V1Pod[];
  sync: SyncState;
}

/** Every pod has a proxy that is ready, has what istiod sent, and certificates that last. */
export async function checkProxies(
  connection: Connection,
): Promise<{ problems: LiveProblem[]; facts: { pods: number; proxies: ProxyState[] } }> {
  const { pods, ready, sync } = await settled(connection);
  const missing = pods
    .filter((pod) => !ready.includes(pod))
    .map((pod) => problemOf(proxyMissing, pod, proxyState(pod)));
  const { answers, problems } = await askPods(connection.core, ready, async (place) => {
    return proxyCertificates(await connection.get({ ...place, port: ENVOY_ADMIN }, SECRETS));
  });
  const certificatesOf = new Map(answers.map(({ pod, answer }) => [pod, answer]));
  const proxies = ready.map((pod): ProxyState => {
    const certificates = certificatesOf.get(pod);
    const { namespace = '', name = '' } = pod.metadata ?? {};
    return { namespace, pod: name, inSync: !sync.lagOf(pod), ...(certificates ? { certificates } : {}) };
  });
  const expiring = answers.flatMap(({ pod, answer }) => {
    return endings(answer).map((what) => problemOf(certificateExpiring, pod, what));
  });
  const found = [...missing, ...lagging(sync, ready), ...sync.problems, ...problems, ...expiring];
  return { problems: found, facts: { pods: pods.length, proxies } };
}

async function settled(connection: Connection): Promise<Seen> {
  const seen = await look(connection);
  if (!seen.ready.some(seen.sync.lagOf)) return seen;
  await sleep(SETTLING_MS);
  return look(connection);
}

async function look(connection: Connection): Promise<Seen> {
  const lists = await Promise.all(NAMESPACES.map((namespace) => connection.core.listNamespacedPod({ namespace })));
  const all = lists.flatMap(({ items }) => items);
  const pods = all.filter((pod) => pod.status?.phase === 'Running' && !isLeaving(pod));
  return { pods, ready: pods.filter(hasReadyProxy), sync: await readSync(connection) };
}

function lagging({ istiods, lagOf }: SyncState, ready: readonly V1Pod[]): LiveProblem[] {
  if (istiods === 0) return [{ code: proxyStale, message: 'no istiod runs: no proxy gets a change any more' }];
  return ready.flatMap((pod) => {
    const lag = lagOf(pod);
    return lag ? [problemOf(proxyStale, pod, `has a proxy that ${lag}`)] : [];
  });
}

function proxyState({ spec }: V1Pod): string {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return all.some(({ name }) => name === PROXY) ? 'has a proxy that is not ready' : 'has no proxy';
}

function endings(certificates: ProxyCertificates | undefined): string[] {
  if (!certificates) return ['has a proxy without a certificate'];
  const { ends, issuerEnds } = certificates;
  return [
    ...(hoursUntil(ends) > MINIMUM_HOURS.own ? [] : [`has a certificate that ends ${ends}`]),
    ...(hoursUntil(issuerEnds) > MINIMUM_HOURS.issuer ? [] : [`trusts an issuer or root that ends ${issuerEnds}`]),
  ];
}

function problemOf(code: LiveProblem['code'], { metadata }: V1Pod, what: string): LiveProblem {
  const { namespace = '', name = '' } = metadata ?? {};
  return { code, object: { kind: 'Pod', namespace, name }, message: `pod ${namespace}/${name} ${what}` };
}
