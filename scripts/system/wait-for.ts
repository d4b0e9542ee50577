import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from './user-error.ts';

export interface Waiting {
  /** What is waited for, as in `<what> did not come within 60 s`. */
  what: string;
  timeoutMs: number;
  everyMs?: number;
  /** Where to look when it does not come. */
  fix: string;
  /** What no waiting mends: the error that ends it at once, where there is one. */
  isHopeless?: () => Error | undefined;
}

/**
 * Asks until the answer is not undefined. An error of the question counts as "not yet" and is told when time is up.
 * @throws UserError when time is up; before, the error of `isHopeless`
 */
export async function waitFor<T>(ask: () => Promise<T | undefined>, waiting: Waiting): Promise<T> {
  const { what, timeoutMs, everyMs = 500, fix, isHopeless } = waiting;
  const end = Date.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    const hopeless = isHopeless?.();
    if (hopeless) throw hopeless;
    await sleep(everyMs);
  } while (Date.now() < end);
  const why = last instanceof Error ? { why: last.message } : {};
  throw new UserError(`${what} did not come within ${timeoutMs / 1000} s`, { ...why, fix, cause: last });
}
