import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitRepository } from '../git/git.ts';
import { UserError } from '../system/user-error.ts';

/**
 * Lets one command at a time take a step in a clone. The lock of a process that was killed counts for nothing. Of two clones, the one that
 * pushes second is refused by git.
 * @throws UserError while another one does
 */
export async function withLock<T>({ gitFolder }: GitRepository, use: () => Promise<T>): Promise<T> {
  const file = join(gitFolder, 'ai-spm-rotate.lock');
  if (!take(file)) {
    const holder = Number(readFileSync(file, 'utf8'));
    if (isAlive(holder)) {
      throw new UserError(`another rotation is taking a step: process ${holder}`, {
        why: 'two steps at once would each be made from files that the other one changes',
        fix: `wait for its end; if it is something else, delete ${file}`,
      });
    }
    rmSync(file, { force: true });
    if (!take(file)) throw new UserError('another rotation has just begun', { fix: 'wait for its end' });
  }
  try {
    return await use();
  } finally {
    rmSync(file, { force: true });
  }
}

/** A link is made in one step and only where there is none: of two processes one gets it, and nobody reads half of what is in it. */
function take(file: string): boolean {
  const own = `${file}.${process.pid}`;
  // Of an earlier process with this id, it may still be linked to the lock.
  rmSync(own, { force: true });
  writeFileSync(own, `${process.pid}`);
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
