import type { Connection, PodContainer } from './connection.ts';
import { ANSWER_FORMAT, CURL, judge, type ProbeResult, UNRESOLVED } from './probe-answer.ts';
import { isWorkload, type Probe } from './probe-plan.ts';

/** The public gateway, as a pod reaches it. */
export const GATEWAY = 'istio-ingressgateway.istio-ingress.svc.cluster.local:443';
/** As long as a probe pod lives: each of its requests may take until it times out. */
const SCRIPT_MS = 600_000;
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
  const output = await connection.exec(pod, ['sh', '-c', script], SCRIPT_MS);
  const answers = new Map(output.split('\n').map((line) => [line.split('\t')[0], line.split('\t').slice(1)]));
  return probes.map((probe) => judge(probe, answers.get(probe.id) ?? []));
}

function command(probe: Probe, { publicHost, pods }: Addresses): string {
  const { id, from, to, port, http, onPod, serverName } = probe;
  if (serverName) {
    // Any answer shows that it is reached; whose certificate it has is not asked here.
    return `curl -s -k -m 10 -o /dev/null -w '${id}\\t%{http_code}\\t%{exitcode}\\n' --connect-to ${serverName}:${port}:${to}:${port} https://${serverName}:${port}/`;
  }
  // The caller's own namespace is searched for the short name; these have another.
  const service = isWorkload(from) ? to : `${to}.ai-spm`;
  const host = onPod ? (pods.get(to) ?? 'no-pod.invalid') : service;
  if (!http) {
    const ask = `curl -s -m 5 telnet://${host}:${port}; [ $? != ${CURL.unresolved} ] || printf '${UNRESOLVED}'`;
    return `printf '${id}\\t'; (printf '${SSL_REQUEST}'; sleep 1) | (${ask}) | head -c 1; echo`;
  }
  const target =
    from === 'ingress'
      ? `--insecure --connect-to ${publicHost}:443:${GATEWAY} https://${publicHost}${http.path}`
      : `http://${host}:${port}${http.path}`;
  const method = http.method === 'HEAD' ? '--head' : `--request ${http.method}`;
  return `curl -s -m 10 -o /dev/null --path-as-is ${method} -w '${id}\\t${ANSWER_FORMAT}\\n' ${target}`;
}
