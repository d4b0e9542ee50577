import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeError } from './file-error.ts';
import { identify } from './process-identity.ts';
import { UserError } from './user-error.ts';

export interface Lock {
  /** A file that is there while a command has the lock; its folder must exist. */
  file: string;
  /** What that command does, as in `another rotation is taking a step`. */
  busy: string;
  /** What two at once would lead to. */
  why: string;
}

/**
 * Lets one command at a time do something. The lock of a process that was killed counts for nothing.
 * @throws UserError while another one does
 */
export async function withLock<T>({ file, busy, why }: Lock, use: () => Promise<T>): Promise<T> {
  if (!take(file)) {
    const holder = read(file);
    if (holder !== undefined && isAlive(holder)) {
      throw new UserError(`${busy}: process ${holder.split(' ')[0]}`, {
        why,
        fix: `wait for its end; if it is something else, delete ${file}`,
      });
    }
    if (holder !== undefined) remove(file, holder);
    if (!take(file)) throw new UserError(`${busy}: it has just begun`, { why, fix: 'wait for its end' });
  }
  clearUp(file);
  try {
    return await use();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Takes away what processes left that were killed while they tried. */
function clearUp(file: string): void {
  const [folder, prefix] = [dirname(file), `${basename(file)}.`];
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  for (const name of names.filter((one) => !isAlive(one.slice(prefix.length))))
    rmSync(join(folder, name), { force: true });
}

/** A link is made in one step and only where there is none: of two processes one gets it, and nobody reads half of what is in it. */
function take(file: string): boolean {
  const own = `${file}.${process.pid}`;
  try {
    // Of an earlier process with this id, it may still be linked to the lock.
    rmSync(own, { force: true });
    writeFileSync(own, `${process.pid} ${identify(process.pid)?.started ?? ''}`);
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw writeError(file, error);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Takes away the lock of a dead process, and no other: somebody else may have done so, and have the lock by now. */
function remove(file: string, holder: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== holder) linkSync(aside, file);
  } catch (error) {
    // Gone, or taken again.
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** `undefined` where it has just gone. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Ids are used again: the time of its start, where the machine tells it, says whether it is the same process. */
function isAlive(holder: string): boolean {
  const [pid, started] = [Number(holder.split(' ')[0]), holder.split(' ')[1]];
  const now = identify(pid)?.started;
  if (started && now) return started === now;
  // Signal 0 to process 0 would ask for this very group.
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
