import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitRepository } from '../git/git.ts';
import { identify } from '../lab/process.ts';
import { UserError } from '../system/user-error.ts';

const NAME = 'ai-spm-rotate.lock';

/**
 * Lets one command at a time take a step in a clone. The lock of a process that was killed counts for nothing. Of two clones, the one that
 * pushes second is refused by git.
 * @throws UserError while another one does
 */
export async function withLock<T>({ gitFolder }: GitRepository, use: () => Promise<T>): Promise<T> {
  const file = join(gitFolder, NAME);
  if (!take(file)) {
    const holder = read(file);
    if (holder !== undefined && isAlive(holder)) {
      throw new UserError(`another rotation is taking a step: process ${holder.split(' ')[0]}`, {
        why: 'two steps at once would each be made from files that the other one changes',
        fix: `wait for its end; if it is something else, delete ${file}`,
      });
    }
    if (holder !== undefined) remove(file, holder);
    if (!take(file)) throw new UserError('another rotation has just begun', { fix: 'wait for its end' });
  }
  clearUp(gitFolder);
  try {
    return await use();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Takes away what processes left that were killed while they tried. */
function clearUp(gitFolder: string): void {
  const names = readdirSync(gitFolder).filter((name) => name.startsWith(`${NAME}.`));
  for (const name of names.filter((one) => !isAlive(one.slice(NAME.length + 1))))
    rmSync(join(gitFolder, name), { force: true });
}

/** A link is made in one step and only where there is none: of two processes one gets it, and nobody reads half of what is in it. */
function take(file: string): boolean {
  const own = `${file}.${process.pid}`;
  // Of an earlier process with this id, it may still be linked to the lock.
  rmSync(own, { force: true });
  writeFileSync(own, `${process.pid} ${identify(process.pid)?.started ?? ''}`);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
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
