import child_process from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** What changes the world: files, and the processes that change files. */
export const FILE_CALLS = [
  'writeFileSync',
  'renameSync',
  'linkSync',
  'rmSync',
  'rmdirSync',
  'mkdirSync',
  'mkdtempSync',
] as const;

export class Killed extends Error {}

export interface Crash {
  /** Calls that came through. */
  calls: number;
  /** Arguments and input of every process. */
  spawned: string[];
}

/**
 * Runs something as a process that is killed before its nth change of the world: from then on nothing it does has any effect, clearing up
 * included. Where that call writes a file, half of it is written.
 * @param n counts from 0; more than there are lets it come to its end
 */
export async function killedAt<T>(n: number, run: () => Promise<T>): Promise<Crash & { result?: T }> {
  const crash: Crash = { calls: 0, spawned: [] };
  const restore: (() => void)[] = [];
  const wrap = <O extends object>(
    object: O,
    name: keyof O & string,
    dying: (original: unknown, args: unknown[]) => void,
  ) => {
    const original = object[name] as (...args: unknown[]) => unknown;
    const replaced = (...args: unknown[]) => {
      if (crash.calls === n) dying(original, args);
      if (crash.calls >= n) {
        crash.calls = Math.max(crash.calls, n) + 1;
        throw new Killed();
      }
      crash.calls++;
      return original(...args);
    };
    Object.assign(object, { [name]: replaced });
    restore.push(() => Object.assign(object, { [name]: original }));
  };
  for (const name of FILE_CALLS) {
    wrap(fs, name, (original, [path, data, ...rest]) => {
      if (name !== 'writeFileSync' || data === undefined) return;
      const bytes = Buffer.from(data as string);
      (original as typeof fs.writeFileSync)(path as string, bytes.subarray(0, bytes.length / 2), ...(rest as []));
    });
  }
  const { spawn } = child_process;
  wrap(child_process, 'spawn', () => {});
  const counted = child_process.spawn;
  Object.assign(child_process, {
    spawn: (...args: Parameters<typeof spawn>) => {
      crash.spawned.push(JSON.stringify(args.slice(0, 2)));
      return (counted as typeof spawn)(...args);
    },
  });
  syncBuiltinESMExports();
  try {
    return { ...crash, result: await run(), calls: crash.calls };
  } catch (error) {
    if (!(error instanceof Killed) && crash.calls <= n) throw error;
    return { ...crash, calls: crash.calls };
  } finally {
    for (const undo of restore.reverse()) undo();
    Object.assign(child_process, { spawn });
    syncBuiltinESMExports();
  }
}
