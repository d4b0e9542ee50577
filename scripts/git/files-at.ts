import { spawnSync } from 'node:child_process';
import { gitEnvironment, QUIET } from './git.ts';

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Texts of files as they are in a commit, `undefined` for each that it does not have; of many files, with one process.
 * @param folder that the paths are relative to
 * @returns `undefined` where the folder is in no repository, or its clone lacks the commit
 */
export function filesAt(folder: string, commit: string, paths: readonly string[]): (string | undefined)[] | undefined {
  const names = [`${commit}^{commit}`, ...paths.map((path) => `${commit}:./${path}`)];
  const { status, stdout } = spawnSync('git', [...QUIET, 'cat-file', '--batch'], {
    cwd: folder,
    env: gitEnvironment(),
    input: `${names.join('\n')}\n`,
    maxBuffer: MAX_BYTES,
  });
  if (status !== 0) return undefined;
  const [found, ...texts] = objectsIn(stdout);
  return found === undefined ? undefined : texts;
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
