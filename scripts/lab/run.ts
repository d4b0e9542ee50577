import { runProcess } from '../system/run-process.ts';
import { UserError } from '../system/user-error.ts';

/**
 * Runs a command that is to succeed.
 * @returns stdout
 * @throws UserError with what it says where it fails
 */
export async function run(command: string, args: readonly string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await runProcess(command, args, cwd === undefined ? {} : { cwd });
  if (code === 0) return stdout;
  throw new UserError(`\`${command} ${args.join(' ')}\` fails`, {
    why: stderr.trim(),
    fix: 'correct what it says and try again',
  });
}

export function git(cwd: string, ...args: string[]): Promise<string> {
  return run('git', args, cwd);
}
