import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { UserError } from '../system/user-error.ts';
import { makeFolder, writeFileAtomic } from '../system/write-file.ts';
import { type GitRepository, runGit } from './git.ts';

/** Path in the opened folder -> new text; `undefined` removes the file. */
type Changes = ReadonlyMap<string, string | undefined>;

const UUID = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Makes one commit of some files on the branch that is checked out, then brings the work tree to it. The branch moves in one step, and only
 * from the commit that the files were made from: a crash leaves the old state or the new one, never something between. A work tree that
 * was left behind is caught up by `finishCommit`.
 * @param head commit that the changes were made from
 * @returns the new commit
 * @throws UserError when the branch has moved meanwhile, or git cannot write
 */
export async function commitFiles(
  git: GitRepository,
  head: string,
  changes: Changes,
  message: string,
): Promise<string> {
  const commit = await withTemporaryFolder('ai-spm-mesh-index-', async (scratch) => {
    const index = { GIT_INDEX_FILE: join(scratch, 'index') };
    await demand(git, ['read-tree', head], index);
    for (const [path, text] of changes) {
      const full = git.prefix + path;
      if (text === undefined) {
        await demand(git, ['update-index', '--force-remove', '--', path], index);
        continue;
      }
      const blob = await demand(git, ['hash-object', '-w', '--stdin'], {}, text);
      await demand(git, ['update-index', '--add', '--cacheinfo', `100644,${blob},${full}`], index);
    }
    const tree = await demand(git, ['write-tree'], index);
    return demand(git, ['commit-tree', tree, '-p', head, '-F', '-'], {}, message);
  });
  const { code, stderr } = await runGit(git.folder, ['update-ref', '-m', firstLine(message), 'HEAD', commit, head]);
  if (code !== 0) {
    throw new UserError('the branch has moved since its files were read', {
      why: stderr.trim(),
      fix: 'run the command again: it starts from what is there now',
    });
  }
  await bringWorkTree(git, changes);
  return commit;
}

/**
 * Catches up a work tree that a crash has left behind the last commit: every file that differs is still as it was before that commit.
 * @returns whether there was something to do
 * @throws UserError where the work tree has changes of somebody's
 */
export async function finishCommit(git: GitRepository): Promise<boolean> {
  const dirty = await changedPaths(git, ['HEAD']);
  const staged = await changedPaths(git, ['--cached', 'HEAD']);
  if (dirty.length + staged.length === 0) return false;
  const hasParent = (await runGit(git.folder, ['rev-parse', '--verify', '--quiet', 'HEAD^'])).code === 0;
  const behind = hasParent ? await changedPaths(git, ['HEAD^']) : dirty;
  const written = hasParent ? await changedPaths(git, ['HEAD^', 'HEAD']) : [];
  const foreign = [...new Set([...dirty, ...staged])].filter(
    (path) => !written.includes(path) || (dirty.includes(path) && behind.includes(path)),
  );
  if (foreign.length > 0) {
    throw new UserError(`the work tree has changes that are in no commit: ${foreign.slice(0, 5).join(', ')}`, {
      why: 'a step of a rotation is one commit, made from what is committed',
      fix: 'commit them, or put them away with `git stash`',
    });
  }
  const changes = new Map<string, string | undefined>();
  for (const path of written) {
    const { code, stdout } = await runGit(git.folder, ['cat-file', 'blob', `HEAD:${path}`]);
    changes.set(path.slice(git.prefix.length), code === 0 ? stdout : undefined);
  }
  await bringWorkTree(git, changes);
  return true;
}

/** Each file in one step, then the index. */
async function bringWorkTree(git: GitRepository, changes: Changes): Promise<void> {
  for (const [path, text] of changes) {
    const file = join(git.folder, path);
    removeUnfinished(file);
    if (text === undefined) rmSync(file, { force: true });
    else {
      makeFolder(dirname(file));
      writeFileAtomic(file, text);
    }
  }
  await demand(git, ['reset', '--quiet']);
}

/** What `writeFileAtomic` had not renamed yet when its process was killed. */
function removeUnfinished(file: string): void {
  if (!existsSync(dirname(file))) return;
  const prefix = `.${basename(file)}.`;
  const names = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix) && UUID.test(name));
  for (const name of names) rmSync(join(dirname(file), name), { force: true });
}

/** Relative to the top of the work tree. */
async function changedPaths(git: GitRepository, revisions: readonly string[]): Promise<string[]> {
  const stdout = await demand(git, ['diff', '--name-only', '--no-renames', '-z', ...revisions, '--']);
  return stdout.split('\0').filter(Boolean);
}

async function demand(
  { folder }: GitRepository,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdin?: string,
): Promise<string> {
  const { code, stdout, stderr } = await runGit(folder, args, { GIT_OPTIONAL_LOCKS: '1', ...env }, stdin);
  if (code === 0) return stdout.trimEnd();
  throw new UserError(`git ${args[0]} fails`, {
    why: stderr.trim(),
    fix: 'do as git says, then run the command again',
  });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
