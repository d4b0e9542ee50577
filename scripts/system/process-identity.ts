import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process, also after its end: ids are used again, the time of its start tells it from a later one. */
export interface ProcessIdentity {
  /** Process id, on the machine. */
  pid: number;
  /** When it was started, as /proc has it. */
  started: string;
}

/** Undefined where it has gone. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readProc(`${pid}/stat`);
  // Field 22 of proc(5) stat, after the name in parentheses.
  const started = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return started === undefined ? undefined : { pid, started };
}

export function runs({ pid, started }: ProcessIdentity): boolean {
  return identify(pid)?.started === started;
}

/** Undefined where the process has gone. */
export function readProc(path: string): string | undefined {
  try {
    return readFileSync(join('/proc', path), 'utf8');
  } catch {
    return undefined;
  }
}
