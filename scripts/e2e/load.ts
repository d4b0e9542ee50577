import { waitFor } from '../system/wait-for.ts';
import type { Connection } from '../verify/connection.ts';
import { makeProbePod, removeProbePod } from '../verify/probe-pods.ts';

export interface LoadOptions {
  /** Caller, as of a probe pod. */
  from: string;
  image: string;
  /** Arguments of curl. */
  request: readonly string[];
  seconds: number;
  perSecond: number;
}

export interface Load {
  /** Waits for its end. @returns how often each status came; `000` for no answer */
  finish(): Promise<Map<string, number>>;
}

const MAX_SECONDS = 300;

/**
 * Sends requests one after the other from a pod of its own, each over a new connection, for a limited time. The pod counts by itself: it
 * goes on while the API server or this process is away.
 */
export async function startLoad(connection: Connection, options: LoadOptions): Promise<Load> {
  const { from, image, request, perSecond } = options;
  const seconds = Math.min(options.seconds, MAX_SECONDS);
  const curl = ['curl', '-s', '-m', '10', '-o', '/dev/null', '-w', "'%{http_code}\\n'", ...request].join(' ');
  // The last line tells a complete log from one that was cut off.
  const script = `end=$(($(date +%s) + ${seconds})); while [ $(date +%s) -lt $end ]; do ${curl}; sleep ${1 / perSecond}; done; echo complete`;
  const { namespace, pod, container } = await makeProbePod(connection, from, image, ['sh', '-c', script]);
  const { core } = connection;
  const waiting = { everyMs: 500, fix: `kubectl logs ${pod} --namespace ${namespace}` };
  const logs = () => core.readNamespacedPodLog({ namespace, name: pod, container });
  const first = async () => ((await logs()) === '' ? undefined : true);
  await waitFor(first, { ...waiting, what: `the first answer to the load from ${from}`, timeoutMs: 60_000 });
  return {
    async finish() {
      const whole = async () => {
        const text = await logs();
        return text.trimEnd().endsWith('complete') ? text : undefined;
      };
      const text = await waitFor(whole, {
        ...waiting,
        what: `the end of the load from ${from}`,
        timeoutMs: (seconds + 60) * 1000,
      });
      await removeProbePod(connection, { namespace, pod });
      const counts = new Map<string, number>();
      for (const status of text.trim().split('\n').slice(0, -1)) counts.set(status, (counts.get(status) ?? 0) + 1);
      return counts;
    },
  };
}

/** Requests in all, and those that did not succeed. */
export function tally(counts: ReadonlyMap<string, number>): { sent: number; failed: number; statuses: string } {
  const sent = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const statuses = [...counts].map(([status, count]) => `${status}: ${count}`).join(', ');
  return { sent, failed: sent - (counts.get('200') ?? 0), statuses };
}
