import { join } from 'node:path';
import { shellWord } from '../system/shell-word.ts';
import { UserError } from '../system/user-error.ts';
import { STATE } from './layout.ts';
import { git } from './run.ts';

/** The checkout of the lab's repository, where commits of the lab are made. */
export const CHECKOUT = join(STATE, 'checkout');

/** Commits everything in the checkout and pushes it: what a merge to main is. */
export async function commitAndPush(message: string, checkout = CHECKOUT): Promise<string> {
  await commit(message, checkout);
  await git(checkout, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  return (await git(checkout, 'rev-parse', 'HEAD')).trim();
}

export async function commit(message: string, checkout: string): Promise<void> {
  await git(checkout, 'add', '--all');
  await git(checkout, 'commit', '--quiet', '--allow-empty', '--message', message);
}

/**
 * Whoever commits in a checkout and pushes to main pushes all that is in it.
 * @throws UserError where it holds anything but what main of its origin holds: files that no commit has, or commits of another branch
 */
export async function demandIsMain(checkout: string): Promise<void> {
  const changes = await git(checkout, 'status', '--porcelain');
  if (changes !== '') {
    throw new UserError(`${checkout} holds changes that no commit has`, {
      why: `they would be committed and pushed to main\n${changes.trimEnd()}`,
      fix: `take them back: git -C ${shellWord(checkout)} stash --include-untracked`,
    });
  }
  const head = (await git(checkout, 'rev-parse', 'HEAD')).trim();
  const [main = ''] = (await git(checkout, 'ls-remote', 'origin', 'refs/heads/main')).split('\t');
  if (head === main) return;
  const there = main === '' ? 'its origin has no main' : `main of its origin is at ${main.slice(0, 12)}`;
  throw new UserError(`${checkout} is at ${head.slice(0, 12)}, and ${there}`, {
    why: 'commits are pushed to main: those that it has not would get there too',
    fix: `go to main, which takes no commit from any branch: git -C ${shellWord(checkout)} fetch origin main && git -C ${shellWord(checkout)} checkout --detach FETCH_HEAD`,
  });
}
