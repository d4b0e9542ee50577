import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../system/user-error.ts';
import { type GitRepository, runGit } from './git.ts';

/**
 * Writes the files of a commit to a folder, as a checkout would, and touches neither the work tree nor the index of the repository.
 * git itself refuses paths that leave the folder, and never writes through a symbolic link.
 * @returns the folder that corresponds to the one that was opened
 */
export async function checkOut(git: GitRepository, commit: string, scratch: string): Promise<string> {
  const tree = join(scratch, 'tree');
  mkdirSync(tree, { recursive: true });
  const env = { GIT_DIR: git.gitFolder, GIT_WORK_TREE: tree, GIT_INDEX_FILE: join(scratch, 'index') };
  const { code, stderr } = await runGit(tree, ['read-tree', '-u', '--reset', `${commit}:${git.prefix}`], env);
  if (code !== 0) {
    throw new UserError(`git cannot write the files of ${commit.slice(0, 12)}`, {
      why: stderr.trim().split('\n').at(-1) ?? '',
      fix: 'see that the temporary folder has room, and that the clone holds all objects (`git fsck`)',
    });
  }
  return tree;
}
