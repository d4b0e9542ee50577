import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { runProcess } from '../system/run-process.ts';
import { shellWord } from '../system/shell-word.ts';
import { UserError } from '../system/user-error.ts';

/** Where the objects of a repository are; `prefix` leads from the top of its work tree to the folder that was opened. */
export interface GitRepository {
  folder: string;
  gitFolder: string;
  /** Empty, or ends with `/`. */
  prefix: string;
}

export interface GitResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Nothing that the configuration of a machine or a clone adds may run, ask or fetch: objects are only read. */
export const QUIET = ['hooksPath=/dev/null', 'fsmonitor=false', 'autocrlf=false'].flatMap((one) => [
  '-c',
  `core.${one}`,
]);
const NO_LFS = ['smudge=', 'process=', 'required=false'].flatMap((one) => ['-c', `filter.lfs.${one}`]);
const TIMEOUT_MS = 120_000;

/** Of this process. A hook that started us may have set GIT_DIR and the like: they are about another command. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG'),
  );
  return {
    ...Object.fromEntries(inherited),
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}

/** Runs git in a folder. */
export function runGit(
  folder: string,
  args: readonly string[],
  extra: NodeJS.ProcessEnv = {},
  stdin?: string,
): Promise<GitResult> {
  const env = { ...gitEnvironment(), ...extra };
  const input = stdin === undefined ? {} : { stdin };
  return runProcess('git', [...QUIET, ...NO_LFS, ...args], { cwd: folder, env, timeoutMs: TIMEOUT_MS, ...input });
}

/**
 * Opens the git repository that a folder is in.
 * @throws UserError where there is none, or git refuses it
 */
export async function openGit(folder: string): Promise<GitRepository> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`${folder} is no folder`, { fix: 'give the folder of a clone' });
  }
  const { code, stdout, stderr } = await runGit(folder, ['rev-parse', '--absolute-git-dir', '--show-prefix']);
  if (code !== 0) {
    const isMissing = stderr.includes('not a git repository');
    throw new UserError(isMissing ? `${folder} is not in a git repository` : `git cannot read ${folder}`, {
      why: isMissing ? 'what is committed is read from its history' : stderr.trim(),
      fix: isMissing ? 'run the command in a clone, not in a copy of the files' : 'do as git says',
    });
  }
  const [gitFolder = '', prefix = ''] = stdout.split('\n');
  return { folder, gitFolder: resolve(folder, gitFolder), prefix };
}

/** Whether a revision is the full name of a commit, which never means another; branches and tags may move. */
export function isCommitName(revision: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(revision);
}

/** The commit that a revision names, `undefined` where this clone has none of that name. */
export async function findCommit(git: GitRepository, revision: string): Promise<string | undefined> {
  // Whatever begins with a dash would be an option.
  if (revision.startsWith('-') || revision === '') return undefined;
  const { code, stdout } = await runGit(git.folder, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  return code === 0 ? stdout.trim() : undefined;
}

/** The revision as Argo CD sees it, which follows the server: the remote branch comes first. */
export async function findRevision(git: GitRepository, revision: string): Promise<string | undefined> {
  return (await findCommit(git, `refs/remotes/origin/${revision}`)) ?? findCommit(git, revision);
}

/**
 * The commit that a revision names.
 * @throws UserError where there is none, with what a shallow clone needs
 */
export async function resolveCommit(git: GitRepository, revision: string): Promise<string> {
  const commit = await findCommit(git, revision);
  if (commit !== undefined) return commit;
  const why = (await isShallow(git)) ? SHALLOW : 'it is no branch, tag or commit of this clone';
  throw new UserError(`git does not know the revision \`${revision}\``, { why, fix: fetchHint(revision) });
}

export async function isShallow(git: GitRepository): Promise<boolean> {
  const { stdout } = await runGit(git.folder, ['rev-parse', '--is-shallow-repository']);
  return stdout.trim() === 'true';
}

/**
 * True where every commit of `older` is in `newer`; a commit is an ancestor of itself.
 * @throws UserError where this clone cannot tell: git says no for history that a shallow clone does not have
 */
export async function isAncestor(git: GitRepository, older: string, newer: string): Promise<boolean> {
  const { code, stderr } = await runGit(git.folder, ['merge-base', '--is-ancestor', older, newer]);
  if (code === 0) return true;
  if (code === 1 && !(await isShallow(git))) return false;
  throw await historyError(git, older, newer, stderr);
}

/**
 * How many commits `newer` has that `older` has not.
 * @throws UserError where git cannot count them
 */
export async function commitsBetween(git: GitRepository, older: string, newer: string): Promise<number> {
  const { code, stdout, stderr } = await runGit(git.folder, ['rev-list', '--count', `${older}..${newer}`]);
  if (code !== 0) throw await historyError(git, older, newer, stderr);
  return Number(stdout.trim());
}

async function historyError(git: GitRepository, older: string, newer: string, said: string): Promise<UserError> {
  const shallow = await isShallow(git);
  return new UserError(`git cannot compare ${older.slice(0, 12)} with ${newer.slice(0, 12)}`, {
    why: shallow ? SHALLOW : said.trim().split('\n').at(-1) || 'it gives no reason',
    fix: shallow ? UNSHALLOW : 'see that the clone holds all objects (`git fsck`)',
  });
}

const SHALLOW = 'this clone is shallow: it holds only the newest commits';
const UNSHALLOW = 'fetch the rest with `git fetch --unshallow`, or in GitHub Actions check out with `fetch-depth: 0`';

/**
 * The newest commit that two have in common: what a pull request is compared with.
 * @throws UserError where they have none here
 */
export async function mergeBase(git: GitRepository, base: string, head: string): Promise<string> {
  const { code, stdout } = await runGit(git.folder, ['merge-base', base, head]);
  if (code === 0) return stdout.trim();
  const shallow = await isShallow(git);
  throw new UserError(`${base.slice(0, 12)} and ${head.slice(0, 12)} have no commit in common`, {
    why: shallow ? SHALLOW : 'their histories are unrelated',
    fix: shallow ? UNSHALLOW : 'name a base that the change was made from',
  });
}

export function fetchHint(revision: string): string {
  // As git, which takes it for an option.
  if (revision === '' || revision.startsWith('-')) return 'check the spelling';
  const name = shellWord(revision.replace(/^origin\//, ''));
  return `check the spelling; if it is on the server, \`git fetch origin ${name}\` brings it (\`--unshallow\` the whole history; in GitHub Actions \`fetch-depth: 0\`)`;
}
