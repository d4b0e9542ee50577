import type { V1Pod } from '@kubernetes/client-node';
import pLimit from 'p-limit';
import { type Connection, PODS_AT_ONCE } from '../../verify/connection.ts';
import { ENVOY_ADMIN, ISTIOD_MONITORING } from '../../verify/get-in-pod.ts';
import { containerStates, PROXY } from '../../verify/kept-pods.ts';
import { pemNamed, SECRETS } from '../../verify/proxy-certificates.ts';
import type { IstiodFacts, ProxyFacts } from './facts.ts';

/** What every proxy of the cluster shows and trusts, gateways included: by its own account, not by what was sent to it. */
export async function proxies({ core, get }: Connection): Promise<ProxyFacts[]> {
  const { items } = await core.listPodForAllNamespaces();
  const limit = pLimit(PODS_AT_ONCE);
  const ask = async ({ metadata }: V1Pod): Promise<ProxyFacts[]> => {
    const place = { namespace: metadata?.namespace ?? '', pod: metadata?.name ?? '' };
    try {
      const dump = await get({ ...place, port: ENVOY_ADMIN }, SECRETS);
      return [{ ...place, chain: pemNamed('default', dump), roots: pemNamed('ROOTCA', dump) }];
    } catch (error) {
      // A pod that has ended meanwhile trusts nobody any more; any other must be known.
      const { namespace, pod: name } = place;
      const now = await core.readNamespacedPod({ namespace, name }).catch(({ code }) => code);
      if (now === 404 || now?.status?.phase === 'Succeeded' || now?.status?.phase === 'Failed') return [];
      throw new Error(`proxy of ${namespace}/${name}: ${(error as Error).message}`);
    }
  };
  return (await Promise.all(items.filter(hasProxy).map((pod) => limit(() => ask(pod))))).flat();
}

/** As a sidecar it runs, and is trusted, while its pod is still pending. One that does not run has no certificate: it asks for a new one. */
export function hasProxy(pod: V1Pod): boolean {
  return containerStates(pod).some(({ name, state }) => name === PROXY && state?.running !== undefined);
}

/** Each replica of istiod by its own metrics: one that has not taken a change shows here and nowhere else. */
export async function istiods({ core, get }: Connection): Promise<IstiodFacts[]> {
  const namespace = 'istio-system';
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=istiod' });
  // One that only starts is asked too: until it answers, nobody knows what it signs with.
  const alive = items.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  return Promise.all(
    alive.map(async ({ metadata, status }) => {
      const pod = metadata?.name ?? '';
      const metrics = await get({ namespace, pod, port: ISTIOD_MONITORING }, '/metrics');
      return {
        pod,
        ready: status?.containerStatuses?.every((container) => container.ready) ?? false,
        signerEnd: metricOf(metrics, 'citadel_server_cert_chain_expiry_timestamp'),
        rootEnd: metricOf(metrics, 'citadel_server_root_cert_expiry_timestamp'),
      };
    }),
  );
}

/** @throws Error where the text has no such gauge */
export function metricOf(metrics: string, name: string): number {
  const line = metrics.split('\n').find((one) => one.startsWith(`${name} `));
  const value = Number(line?.slice(name.length));
  if (line === undefined || !Number.isFinite(value)) throw new Error(`istiod has no metric ${name}`);
  return value;
}

/** What istiod tells each namespace to trust. */
export async function trustMaps({ core }: Connection): Promise<{ namespace: string; roots: string }[]> {
  const { items } = await core.listConfigMapForAllNamespaces({ fieldSelector: 'metadata.name=istio-ca-root-cert' });
  return items.map(({ metadata, data }) => ({
    namespace: metadata?.namespace ?? '',
    roots: data?.['root-cert.pem'] ?? '',
  }));
}
