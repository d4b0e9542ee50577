import { waitFor } from '../system/wait-for.ts';
import type { Connection } from '../verify/connection.ts';
import { ANSWER_FORMAT, judge, type ProbeResult } from '../verify/probe-answer.ts';
import { makeProbePod } from '../verify/probe-pods.ts';
import { removeProbePod } from '../verify/remove-probes.ts';

export interface LoadOptions {
  /** Caller, as of a probe pod. */
  from: string;
  image: string;
  /** Arguments of curl. */
  request: readonly string[];
  perSecond: number;
  /** It ends by itself then, whatever becomes of this process. */
  maxSeconds: number;
}

/** What a client saw. */
export interface Answer extends Pick<ProbeResult, 'outcome' | 'refusedBy' | 'seen'> {
  /** Seconds of the clock. */
  at: number;
  /** `000` where none came. */
  status: string;
}

export interface Load {
  /** What has been answered by now. */
  soFar(): Promise<Answer[]>;
  /** @throws Error when the load had ended before: it did not cover what it was to cover */
  stop(): Promise<Answer[]>;
}

const COMPLETE = 'complete';

/**
 * Sends requests one after the other from a pod of its own, each over a new connection, until it is stopped. The pod counts by itself: it
 * goes on while the API server or this process is away.
 */
export async function startLoad(connection: Connection, options: LoadOptions): Promise<Load> {
  const { from, maxSeconds } = options;
  const { core, context } = connection;
  const command = ['sh', '-c', loadScript(options)];
  const pod = await makeProbePod(connection, from, options.image, command, maxSeconds + 60);
  const logs = () => core.readNamespacedPodLog({ namespace: pod.namespace, name: pod.pod, container: pod.container });
  const waiting = { timeoutMs: 60_000, everyMs: 500, fix: `kubectl logs ${pod.pod} --namespace ${pod.namespace}` };
  const first = async () => ((await logs()) === '' ? undefined : true);
  try {
    await waitFor(first, { ...waiting, what: `the first answer to the load from ${from} in ${context}` });
  } catch (error) {
    await removeProbePod(connection, pod);
    throw error;
  }
  const isComplete = (text: string) => text.trimEnd().endsWith(COMPLETE);
  return {
    soFar: async () => answersIn(await logs(), from),
    async stop() {
      let isAsked = false;
      const end = async () => {
        const text = await logs();
        // The connection may end with the process, before it has said that all is well.
        if (isComplete(text) && isAsked) return true;
        if (isComplete(text)) throw new Error(`the load from ${from} ended by itself, after ${maxSeconds} s`);
        isAsked = true;
        await connection.exec(pod, ['sh', '-c', 'kill -TERM 1']);
        return true;
      };
      const whole = async () => {
        const text = await logs();
        return isComplete(text) ? text : undefined;
      };
      try {
        await waitFor(end, { ...waiting, what: `the stop of the load from ${from} in ${context}`, everyMs: 2000 });
        const what = `the end of the load from ${from} in ${context}`;
        return answersIn(await waitFor(whole, { ...waiting, what }), from);
      } finally {
        await removeProbePod(connection, pod);
      }
    },
  };
}

/** The last line tells a complete log from one that was cut off. */
export function loadScript({ request, perSecond, maxSeconds }: Omit<LoadOptions, 'from' | 'image'>): string {
  const curl = ['curl', '-s', '-m', '10', '-o', '/dev/null', '-w', `"$now\\t${ANSWER_FORMAT}\\n"`, ...request].join(
    ' ',
  );
  return [
    "trap 'stop=1' TERM",
    'stop=',
    `end=$(($(date +%s) + ${maxSeconds}))`,
    `while [ -z "$stop" ] && now=$(date +%s) && [ "$now" -lt "$end" ]; do ${curl}; sleep ${1 / perSecond}; done`,
    `echo ${COMPLETE}`,
  ].join('\n');
}

/** @param log the last line may be half of one, or the word that it is complete */
export function answersIn(log: string, from: string): Answer[] {
  const lines = log.split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    if (line === COMPLETE) return [];
    const [at, ...answer] = line.split('\t');
    const { outcome, refusedBy, seen } = judge(
      { id: '', from, to: '', port: 0, http: { method: 'GET', path: '' } },
      answer,
    );
    return [{ at: Number(at), status: answer[0] ?? '', outcome, seen, ...(refusedBy ? { refusedBy } : {}) }];
  });
}
