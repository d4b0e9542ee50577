import { connect as connectTls, type DetailedPeerCertificate } from 'node:tls';
import type { Connection } from '../../verify/connection.ts';

const GATEWAY = { namespace: 'istio-ingress', name: 'istio-ingressgateway' };
const TIMEOUT_MS = 10_000;

interface Gateway {
  spec: { servers?: { hosts?: string[]; tls?: { mode?: string } }[] };
}

/** What a client sees: the certificate of the public gateway for each of its hosts, by a TLS handshake. */
export async function gatewayCertificates({ core, custom }: Connection): Promise<{ host: string; chain: string }[]> {
  const kind = { group: 'networking.istio.io', version: 'v1', plural: 'gateways', namespace: 'ai-spm' };
  const { items } = (await custom.listNamespacedCustomObject(kind)) as { items: Gateway[] };
  const servers = items.flatMap(({ spec }) => spec.servers ?? []).filter(({ tls }) => tls?.mode === 'SIMPLE');
  const hosts = [...new Set(servers.flatMap((server) => server.hosts ?? []).map((host) => host.replace(/^.*\//, '')))];
  const { status } = await core.readNamespacedService(GATEWAY);
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  const address = ingress?.ip ?? ingress?.hostname;
  if (!address) throw new Error(`Service ${GATEWAY.namespace}/${GATEWAY.name} has no address`);
  return Promise.all(hosts.map(async (host) => ({ host, chain: await shownChain(address, host) })));
}

/** Whoever has signed it: the gate compares it with the one that git has. */
function shownChain(address: string, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: address, port: 443, servername, rejectUnauthorized: false, timeout: TIMEOUT_MS };
    const socket = connectTls(options, () => {
      const chain = pemsOf(socket.getPeerCertificate(true));
      socket.destroy();
      resolve(chain);
    });
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error(`${address}:443 does not answer`)));
  });
}

function pemsOf(leaf: DetailedPeerCertificate): string {
  const pems: string[] = [];
  const seen = new Set<string>();
  for (let one = leaf; one?.raw && !seen.has(one.fingerprint256); one = one.issuerCertificate) {
    seen.add(one.fingerprint256);
    const lines = one.raw.toString('base64').match(/.{1,64}/g) ?? [];
    pems.push(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`);
  }
  return pems.join('');
}
