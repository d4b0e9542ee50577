import type { V1Pod } from '@kubernetes/client-node';
import { certificateExpiring, proxyMissing, proxyStale } from './codes.ts';
import type { Connection, PodContainer } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';

const NAMESPACES = ['ai-spm', 'istio-ingress', 'istio-eastwest'];
const PROXY = 'istio-proxy';
/** Certificates of workloads live a day and are renewed at half of it; an issuer or a root needs months to be replaced. */
const MINIMUM_HOURS = { leaf: 1, issuer: 30 * 24 };

export interface ProxyFacts {
  pods: number;
  proxies: number;
  /** When the first certificate of a workload, and of an issuer or root, ends. */
  firstLeafEnd?: string;
  firstIssuerEnd?: string;
}

/** Every pod has a proxy that is ready, has what istiod sent, and certificates that last. */
export async function checkProxies(connection: Connection): Promise<{ problems: LiveProblem[]; facts: ProxyFacts }> {
  const problems: LiveProblem[] = [];
  const lists = await Promise.all(NAMESPACES.map((namespace) => connection.core.listNamespacedPod({ namespace })));
  const pods = lists.flatMap(({ items }) => items).filter(({ status }) => status?.phase === 'Running');
  const ready: PodContainer[] = [];
  for (const pod of pods) {
    const state = proxyState(pod);
    if (state === 'ready') ready.push(containerOf(pod));
    else problems.push({ code: proxyMissing, object: objectOf(pod), message: `pod ${nameOf(pod)} ${state}` });
  }
  problems.push(...(await staleProxies(connection, pods)));
  const ends = await Promise.all(ready.map((proxy) => certificateEnds(connection, proxy)));
  const facts: ProxyFacts = { pods: pods.length, proxies: ready.length };
  for (const kind of ['leaf', 'issuer'] as const) {
    const sorted = ends.map((end, index) => ({ end: end[kind], proxy: ready[index] })).sort(byEnd);
    const [first] = sorted;
    if (first) facts[kind === 'leaf' ? 'firstLeafEnd' : 'firstIssuerEnd'] = first.end;
    for (const { end, proxy } of sorted) {
      if (!proxy || Date.parse(end) - Date.now() > MINIMUM_HOURS[kind] * 3_600_000) continue;
      const what = kind === 'leaf' ? 'its certificate' : 'an issuer or root of its certificate';
      const object = { kind: 'Pod', namespace: proxy.namespace, name: proxy.pod };
      problems.push({ code: certificateExpiring, object, message: `pod ${proxy.pod}: ${what} ends ${end}` });
    }
  }
  return { problems, facts };
}

function proxyState({ spec, status }: V1Pod): string {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  if (!all.some(({ name }) => name === PROXY)) return 'has no proxy';
  const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return states.find(({ name }) => name === PROXY)?.ready ? 'ready' : 'has a proxy that is not ready';
}

interface SyncStatus {
  proxy?: string;
  cluster_id?: string;
  [sent: string]: string | undefined;
}

/** istiod's own account of what each proxy has confirmed, the source of `istioctl proxy-status`. */
async function staleProxies({ core, exec }: Connection, pods: readonly V1Pod[]): Promise<LiveProblem[]> {
  const known = new Map(pods.map((pod) => [`${pod.metadata?.name}.${pod.metadata?.namespace}`, pod]));
  const namespace = 'istio-system';
  const { items } = await core.listNamespacedPod({
    namespace,
    labelSelector: 'app=istiod',
    fieldSelector: 'status.phase=Running',
  });
  const answers = await Promise.all(
    items.map(({ metadata }) => {
      const istiod = { namespace, pod: metadata?.name ?? '', container: 'discovery' };
      return exec(istiod, ['pilot-discovery', 'request', 'GET', '/debug/syncz']);
    }),
  );
  return answers
    .flatMap((answer) => (JSON.parse(answer) as SyncStatus[] | null) ?? [])
    .flatMap((status) => {
      const pod = known.get(status.proxy ?? '');
      const stale = ['cluster', 'listener', 'route', 'endpoint'].filter((part) => {
        return status[`${part}_sent`] !== undefined && status[`${part}_sent`] !== status[`${part}_acked`];
      });
      if (!pod || stale.length === 0) return [];
      const message = `pod ${nameOf(pod)}: its proxy has not taken the last ${stale.join(', ')} configuration`;
      return [{ code: proxyStale, object: objectOf(pod), message }];
    });
}

interface EnvoyCertificates {
  certificates: { ca_cert: EnvoyCertificate[]; cert_chain: EnvoyCertificate[] }[];
}
interface EnvoyCertificate {
  expiration_time: string;
  subject_alt_names?: unknown[];
}

/** The earliest ends, in RFC 3339, of what the proxy shows to others and of what it trusts. */
async function certificateEnds({ exec }: Connection, proxy: PodContainer): Promise<{ leaf: string; issuer: string }> {
  const { certificates } = JSON.parse(
    await exec(proxy, ['pilot-agent', 'request', 'GET', 'certs']),
  ) as EnvoyCertificates;
  const all = certificates.flatMap(({ cert_chain, ca_cert }) => [
    ...cert_chain.map(({ expiration_time }, index) => ({
      kind: index === 0 ? 'leaf' : 'issuer',
      end: expiration_time,
    })),
    ...ca_cert.map(({ expiration_time }) => ({ kind: 'issuer', end: expiration_time })),
  ]);
  const first = (kind: string) =>
    all
      .filter((one) => one.kind === kind)
      .map(({ end }) => end)
      .sort()[0] ?? '';
  return { leaf: first('leaf'), issuer: first('issuer') };
}

function byEnd(a: { end: string }, b: { end: string }): number {
  return a.end < b.end ? -1 : 1;
}

function containerOf({ metadata }: V1Pod): PodContainer {
  return { namespace: metadata?.namespace ?? '', pod: metadata?.name ?? '', container: PROXY };
}

function objectOf({ metadata }: V1Pod): NonNullable<LiveProblem['object']> {
  return { kind: 'Pod', namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
}

function nameOf({ metadata }: V1Pod): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}
