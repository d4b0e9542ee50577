import { runProcess } from '../system/run-process.ts';
import { waitFor } from '../system/wait-for.ts';
import { type Host, insideHost } from './host.ts';

/**
 * Ends a program of the host without warning, and returns once every process of it has ended; the host starts it again.
 * @throws Error where none runs
 */
export async function endProgram(host: Host, name: string): Promise<void> {
  const inside = (...command: string[]) => runProcess('nsenter', [...insideHost(host), ...command]);
  const processes = async () =>
    (await inside('pgrep', '--full', `(^|/)${name}( |$)`)).stdout.split('\n').filter(Boolean);
  const before = await processes();
  if (before.length === 0) throw new Error(`no program ${name} runs in the host`);
  // One of them may have ended with another.
  await inside('kill', '-KILL', ...before);
  await waitFor(async () => ((await processes()).some((pid) => before.includes(pid)) ? undefined : true), {
    what: `the end of ${name}`,
    timeoutMs: 10_000,
    everyMs: 20,
    fix: `kill -KILL ${before.join(' ')}, by hand in the host`,
  });
}
