import type { Connection, PodContainer } from './connection.ts';
import type { Probe } from './probe-plan.ts';

export interface ProbeResult {
  probe: Probe;
  /** Whether the request reached the callee itself. */
  passed: boolean;
  /** What the caller saw: a status, or how the connection ended. */
  seen: string;
}

/** The public gateway, as a pod reaches it. */
export const GATEWAY = 'istio-ingressgateway.istio-ingress.svc.cluster.local:443';
/** The first bytes of a client of PostgreSQL: whether the server has TLS (PostgreSQL protocol, SSLRequest). It answers with one letter. */
const SSL_REQUEST = String.raw`\000\000\000\010\004\322\026\057`;

/** What the callees are called on this cluster. */
export interface Addresses {
  /** Host name of the public gateway. */
  publicHost: string;
  /** Address of a pod of each workload. */
  pods: ReadonlyMap<string, string>;
}

/** Sends all probes of one caller from its pod, one after the other. */
export async function sendProbes(
  connection: Connection,
  pod: PodContainer,
  probes: readonly Probe[],
  addresses: Addresses,
): Promise<ProbeResult[]> {
  // A refused request is a failure of curl, not of the script.
  const script = [...probes.map((probe) => command(probe, addresses)), 'true'].join('\n');
  const output = await connection.exec(pod, ['sh', '-c', script]);
  const answers = new Map(output.split('\n').map((line) => [line.split('\t')[0], line.split('\t').slice(1)]));
  return probes.map((probe) => judge(probe, answers.get(probe.id) ?? []));
}

function command(probe: Probe, { publicHost, pods }: Addresses): string {
  const { id, from, to, port, http, onPod, serverName } = probe;
  if (serverName) {
    // Any answer shows that it is reached; whose certificate it has is not asked here.
    return `curl -s -k -m 10 -o /dev/null -w '${id}\\t%{http_code}\\n' --connect-to ${serverName}:${port}:${to}:${port} https://${serverName}:${port}/`;
  }
  // The caller's own namespace is searched for the short name; the pod outside has another.
  const service = from === 'outside' ? `${to}.ai-spm` : to;
  const host = onPod ? (pods.get(to) ?? 'no-pod.invalid') : service;
  if (!http) {
    return `printf '${id}\\t'; (printf '${SSL_REQUEST}'; sleep 1) | curl -s -m 5 telnet://${host}:${port} | head -c 1; echo`;
  }
  const target =
    from === 'ingress'
      ? `--insecure --connect-to ${publicHost}:443:${GATEWAY} https://${publicHost}${http.path}`
      : `http://${host}:${port}${http.path}`;
  const method = http.method === 'HEAD' ? '--head' : `--request ${http.method}`;
  const headers = ['x-envoy-upstream-service-time', 'server', 'content-length'].map((name) => `%header{${name}}`);
  const format = [id, '%{http_code}', ...headers].join('\\t');
  return `curl -s -m 10 -o /dev/null --path-as-is ${method} -w '${format}\\n' ${target}`;
}

/** Length of the body with which Envoy's RBAC filter refuses: `RBAC: access denied`. */
const REFUSAL_LENGTH = '19';

/**
 * HTTP: the proxies say how long the callee took, unless no callee was asked; a refusal by policy comes from the callee's proxy.
 * TCP: a refused connection is opened and closed without a byte.
 */
function judge(probe: Probe, [first = '', upstreamTime = '', server = '', length = '']: string[]): ProbeResult {
  if (!probe.http && !probe.serverName)
    return { probe, passed: first !== '', seen: first === '' ? 'closed without an answer' : 'answered' };
  if (first === '' || first === '000') return { probe, passed: false, seen: 'connection refused or reset' };
  // A host outside, or a port that no proxy stands before.
  if (probe.serverName || probe.onPod) return { probe, passed: true, seen: `status ${first}` };
  const isRefusal = first === '403' && length === REFUSAL_LENGTH;
  const isFromCallee = upstreamTime !== '' || !server.includes('envoy');
  return { probe, passed: isFromCallee && !isRefusal, seen: `status ${first}${isRefusal ? ' by policy' : ''}` };
}
