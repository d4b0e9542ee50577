import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { UserError } from '../system/user-error.ts';
import { gitEnvironment, QUIET } from './git.ts';

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Texts of files as they are in a commit, `undefined` for each that it does not have; of many files, with one process.
 * @param folder that the paths are relative to
 * @returns `undefined` where the folder is in no repository, or its clone lacks the commit
 * @throws UserError with what git says where it cannot read them
 */
export function filesAt(folder: string, commit: string, paths: readonly string[]): (string | undefined)[] | undefined {
  const names = [`${commit}^{commit}`, ...paths.map((path) => `${commit}:./${path}`)];
  const asked = catFile(folder, ['-e', commit]);
  // 1: it is not there (git-cat-file(1)); all else is a failure of git.
  if (asked.status === 1 || asked.stderr?.includes('not a git repository')) return undefined;
  if (asked.status !== 0) throw failure(commit, asked);
  const read = catFile(folder, ['--batch'], `${names.join('\n')}\n`);
  if (read.status !== 0) throw failure(commit, read);
  const [found, ...texts] = objectsIn(read.stdout);
  return found === undefined ? undefined : texts;
}

function catFile(folder: string, args: readonly string[], input = ''): SpawnSyncReturns<Buffer> {
  const options = { cwd: folder, env: gitEnvironment(), input, maxBuffer: MAX_BYTES };
  return spawnSync('git', [...QUIET, 'cat-file', ...args], options);
}

function failure(commit: string, { error, stderr }: SpawnSyncReturns<Buffer>): UserError {
  return new UserError(`git cannot read files of the commit ${commit.slice(0, 12)}`, {
    // Without a process there is no output of it.
    why: stderr?.toString().trim() || error?.message || 'it says nothing',
    fix: `do as git says; a clone without all files (--filter) has those of this commit after: git fetch --refetch --no-filter origin ${commit}`,
  });
}

/** Each object of `git cat-file --batch`: `NAME TYPE SIZE`, a line end, so many bytes, a line end; or `NAME missing`. */
function objectsIn(output: Buffer): (string | undefined)[] {
  const objects: (string | undefined)[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\n', at);
    const size = / (\d+)$/.exec(output.toString('utf8', at, end))?.[1];
    const start = end + 1;
    objects.push(size === undefined ? undefined : output.toString('utf8', start, start + Number(size)));
    at = size === undefined ? start : start + Number(size) + 1;
  }
  return objects;
}
