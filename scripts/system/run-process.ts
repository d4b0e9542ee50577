import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { UserError } from './user-error.ts';

export interface ProcessOptions {
  cwd?: string;
  /** The whole environment of the process; that of this process when absent. */
  env?: NodeJS.ProcessEnv;
  stdin?: string;
  timeoutMs?: number;
  /** Bound of stdout and stderr together. */
  maxBytes?: number;
}

export interface ProcessResult {
  /** As a shell has it: 128 and the number of the signal for a process that a signal ended. */
  code: number;
  stdout: string;
  stderr: string;
}

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Runs a command, never through a shell, and waits for its end. A failure of the command itself is a result, not an error.
 * @throws UserError when it cannot be started, runs longer than `timeoutMs`, or prints more than `maxBytes`
 */
export function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = start(command, args, options);
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    const maxBytes = options.maxBytes ?? MAX_BYTES;
    let bytes = 0;
    const abandon = (error: Error) => {
      child.kill('SIGKILL');
      // A grandchild may hold the pipes open for long; nobody reads them any more.
      child.stdout?.destroy();
      child.stderr?.destroy();
      clearTimeout(timer);
      reject(error);
    };
    const timer = options.timeoutMs
      ? setTimeout(() => abandon(tooSlow(command, args, options.timeoutMs)), options.timeoutMs)
      : undefined;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) abandon(tooLoud(command, args, maxBytes));
        else output[name].push(chunk);
      });
    }
    child.on('error', (error) => abandon(cannotStart(command, options.cwd, error)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
      const ended = signal ? `${basename(command)} was ended by ${signal}\n` : '';
      resolve({
        code: signal ? 128 + constants.signals[signal] : (code ?? 1),
        stdout: text(output.stdout),
        stderr: text(output.stderr) + ended,
      });
    });
    // A process that ends without reading its input is judged by its exit code.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin);
  });
}

function start(command: string, args: readonly string[], { cwd, env, stdin }: ProcessOptions): ChildProcess {
  return spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env ? { env } : {}),
    shell: false,
    windowsHide: true,
    // Without input of its own, a process that asks a question must not wait for an answer.
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
}

function cannotStart(command: string, cwd: string | undefined, error: NodeJS.ErrnoException): Error {
  const cause = error;
  if (error.code === 'ENOENT' && cwd !== undefined && !existsSync(cwd)) {
    return new UserError(`the folder ${cwd} to run \`${command}\` in does not exist`, { fix: 'create it', cause });
  }
  if (error.code === 'ENOENT') {
    return new UserError(`the command \`${command}\` was not found`, {
      fix: `install ${basename(command)}, or put the folder that holds it on PATH`,
      cause,
    });
  }
  if (error.code === 'EACCES') {
    const fix = 'make the file executable and its folder readable for this user';
    return new UserError(`the command \`${command}\` may not be executed`, { fix, cause });
  }
  return error;
}

function tooSlow(command: string, args: readonly string[], timeoutMs: number | undefined): UserError {
  return new UserError(`\`${line(command, args)}\` did not end within ${(timeoutMs ?? 0) / 1000} s and was stopped`, {
    fix: 'run the command by hand to see what it waits for',
  });
}

function tooLoud(command: string, args: readonly string[], maxBytes: number): UserError {
  return new UserError(`\`${line(command, args)}\` printed more than ${maxBytes} bytes and was stopped`, {
    why: 'output without measure would take all memory',
    fix: 'run the command by hand to see what it prints',
  });
}

function line(command: string, args: readonly string[]): string {
  return [basename(command), ...args].join(' ');
}
