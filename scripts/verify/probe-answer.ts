import type { Probe } from './probe-plan.ts';

export interface ProbeResult {
  probe: Probe;
  /** Whether the request reached the callee itself; `unsent` when it shows nothing, because it never came on its way. */
  outcome: 'passed' | 'refused' | 'unsent';
  /** Who refused it; absent where the connection just ended, which both ends and the network may do. */
  refusedBy?: 'callee' | 'caller';
  /** What the caller saw: a status, or how the connection ended. */
  seen: string;
}

/** What curl is to write of an answer over HTTP, in the order in which it is judged. */
export const ANSWER_FORMAT = [
  '%{http_code}',
  '%{exitcode}',
  ...['x-envoy-upstream-service-time', 'server', 'content-length'].map((name) => `%header{${name}}`),
].join('\\t');
/** Exit code of curl for a name that does not resolve, and for an answer that does not come in time. */
export const CURL = { unresolved: '6', timeout: '28' };
/** Instead of the letter of PostgreSQL, where the name of the server does not resolve. */
export const UNRESOLVED = '?';
/** Length of the body with which Envoy's RBAC filter refuses: `RBAC: access denied`. */
const REFUSAL_LENGTH = '19';

/**
 * HTTP: the proxies say how long the callee took, unless no callee was asked; a refusal by policy comes from the callee's proxy. What ends
 * otherwise, a caller's own proxy has ended: it knows no such host, or no way there.
 * TCP: a refused connection is opened and closed without a byte.
 */
export function judge(
  probe: Probe,
  [first = '', exitCode = '', upstreamTime = '', server = '', length = '']: string[],
): ProbeResult {
  const isTcp = !probe.http && !probe.serverName;
  const result = (
    outcome: ProbeResult['outcome'],
    seen: string,
    refusedBy?: ProbeResult['refusedBy'],
  ): ProbeResult => ({
    probe,
    outcome,
    seen,
    ...(refusedBy ? { refusedBy } : {}),
  });
  if (first === UNRESOLVED || exitCode === CURL.unresolved) return result('unsent', 'the name does not resolve');
  if (isTcp) return first === '' ? result('refused', 'closed without an answer') : result('passed', 'answered');
  if (first === '') return result('unsent', 'nothing is known of it');
  const hasProxy = probe.from !== 'outside' && probe.from !== 'prometheus';
  if (first === '000') {
    const seen = exitCode === CURL.timeout ? 'no answer in time' : 'connection refused or reset';
    return result('refused', seen, hasProxy ? 'caller' : undefined);
  }
  // A host outside, or a port that no proxy stands before.
  if (probe.serverName || probe.onPod) return result('passed', `status ${first}`);
  if (first === '403' && length === REFUSAL_LENGTH) return result('refused', 'status 403 by policy', 'callee');
  const isFromCallee = upstreamTime !== '' || !server.includes('envoy');
  return isFromCallee ? result('passed', `status ${first}`) : result('refused', `status ${first}`, 'caller');
}
