import type { V1Pod } from '@kubernetes/client-node';
import pLimit from 'p-limit';
import { UserError } from '../system/user-error.ts';
import { notLookedAt } from './codes/pod-codes.ts';
import { type Connection, PODS_AT_ONCE, statusMessage } from './connection.ts';
import { isLeaving } from './kept-pods.ts';
import type { LiveProblem } from './live-problem.ts';

/** That something could not be looked at, and why: a finding, so that the others are not lost with it. */
export function unseen(what: string, error: unknown): LiveProblem {
  if (!(error instanceof UserError)) return { code: notLookedAt, message: `${what}: ${reasonOf(error)}` };
  const { why, fix } = error.details;
  return { code: notLookedAt, message: `${what}: ${error.what}${why ? ` (${why})` : ''}`, fix };
}

/** Asks pods side by side. One that cannot be asked is a problem of its own, unless it has ended meanwhile. */
export async function askPods<T>(
  core: Connection['core'],
  pods: readonly V1Pod[],
  ask: (place: { namespace: string; pod: string }) => Promise<T>,
): Promise<{ answers: { pod: V1Pod; answer: T }[]; problems: LiveProblem[] }> {
  const limit = pLimit(PODS_AT_ONCE);
  const problems: LiveProblem[] = [];
  const askOne = async (pod: V1Pod) => {
    const { namespace = '', name = '' } = pod.metadata ?? {};
    try {
      return [{ pod, answer: await ask({ namespace, pod: name }) }];
    } catch (error) {
      const now = await core.readNamespacedPod({ namespace, name }).catch(({ code }) => code);
      if (now === 404 || isLeaving(now)) return [];
      problems.push({ ...unseen(`pod ${namespace}/${name}`, error), object: { kind: 'Pod', namespace, name } });
      return [];
    }
  };
  const answers = await Promise.all(pods.map((pod) => limit(() => askOne(pod))));
  return { answers: answers.flat(), problems };
}

/** The API server says in a Status which right is missing; the client's own message is a dump of the whole answer. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code !== 'number') return message ?? String(error);
  return statusMessage(error as object) ?? `the API server answers ${code}; does it know the kind?`;
}
