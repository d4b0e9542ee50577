import { join } from 'node:path';
import type { GitRepository } from '../git/git.ts';
import { withLock } from '../system/lock.ts';

/**
 * Lets one command at a time take a step in a clone. Of two clones, the one that pushes second is refused by git.
 * @throws UserError while another one does
 */
export function withRotationLock<T>({ gitFolder }: GitRepository, use: () => Promise<T>): Promise<T> {
  const lock = {
    file: join(gitFolder, 'ai-spm-rotate.lock'),
    busy: 'another rotation is taking a step',
    why: 'two steps at once would each be made from files that the other one changes',
  };
  return withLock(lock, use);
}
