import { gatewayCertificate } from './codes/proxy-codes.ts';
import type { Connection } from './connection.ts';
import { ENVOY_ADMIN } from './get-in-pod.ts';
import { hasReadyProxy } from './kept-pods.ts';
import type { LiveProblem } from './live-problem.ts';
import { askPods } from './look.ts';
import { certificatesNamed, endOf, hoursUntil, SECRETS } from './proxy-certificates.ts';

/** An authority that renews by itself does so a month before the end: with less left, it has failed for a while. */
const MINIMUM_HOURS = 14 * 24;

interface Gateway {
  spec: { servers?: { hosts?: string[]; tls?: { credentialName?: string } }[] };
}
/** A host, and the Secret beside the gateway's pods with the certificate for it. */
interface Served {
  host: string;
  credential: string;
}

/**
 * Every pod of the public gateway has a certificate for each host that it serves, with the name of the host in it. Read from Envoy, which
 * shows it to every client: a probe may not trust whoever has signed it, so it does not look at the name either.
 */
export async function checkGateway({
  core,
  custom,
  get,
}: Connection): Promise<{ problems: LiveProblem[]; facts: { hosts: string[] } }> {
  const kind = { group: 'networking.istio.io', version: 'v1', plural: 'gateways', namespace: 'ai-spm' };
  const { items: gateways } = (await custom.listNamespacedCustomObject(kind)) as { items: Gateway[] };
  const served = gateways.flatMap(({ spec }) => spec.servers ?? []).flatMap(servedBy);
  const hosts = served.map(({ host }) => host);
  if (served.length === 0) {
    const message = 'no Gateway of namespace ai-spm has a host with TLS: nobody is served';
    return { problems: [{ code: gatewayCertificate, message }], facts: { hosts } };
  }
  const { items } = await core.listNamespacedPod({
    namespace: 'istio-ingress',
    labelSelector: 'istio=ingressgateway',
    fieldSelector: 'status.phase=Running',
  });
  const { answers, problems } = await askPods(core, items.filter(hasReadyProxy), (place) =>
    get({ ...place, port: ENVOY_ADMIN }, SECRETS),
  );
  const wrong = answers.flatMap(({ pod: { metadata }, answer }) => {
    const { namespace = '', name = '' } = metadata ?? {};
    return served.flatMap((one): LiveProblem[] => {
      const what = faultOf(one, answer);
      const object = { kind: 'Pod', namespace, name };
      return what ? [{ code: gatewayCertificate, object, message: `pod ${namespace}/${name} ${what}` }] : [];
    });
  });
  return { problems: [...problems, ...wrong], facts: { hosts } };
}

function servedBy({ hosts = [], tls }: NonNullable<Gateway['spec']['servers']>[number]): Served[] {
  const credential = tls?.credentialName;
  if (!credential) return [];
  // `NAMESPACE/HOST`: the namespace says whose routes may have it.
  return hosts.map((host) => ({ host: host.replace(/^.*\//, ''), credential }));
}

function faultOf({ host, credential }: Served, secrets: string): string | undefined {
  // Istio's name for a Secret in Envoy (pilot/pkg/model/credentials).
  const [leaf] = certificatesNamed(`kubernetes://${credential}`, secrets);
  if (!leaf) return `has no certificate for ${host}: Secret ${credential} has not come to it`;
  // A certificate for `*.example.com` is good for any name below, and for that pattern of a Gateway.
  if (!leaf.checkHost(host.replace('*', 'any'))) {
    return `shows a certificate for ${leaf.subjectAltName ?? leaf.subject}, not for ${host}`;
  }
  return hoursUntil(endOf(leaf)) > MINIMUM_HOURS
    ? undefined
    : `shows a certificate for ${host} that ends ${endOf(leaf)}`;
}
