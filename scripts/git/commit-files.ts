import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { UserError } from '../system/user-error.ts';
import { makeFolder, writeFileAtomic } from '../system/write-file.ts';
import { type GitRepository, resolveCommit, runGit } from './git.ts';

/** Path in the opened folder -> new text; `undefined` removes the file. */
type Changes = ReadonlyMap<string, string | undefined>;

const EXECUTABLE = '100755';
const UUID = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Makes one commit of some files on the branch that is checked out, then brings the work tree to it. The branch moves in one step, and only
 * from the commit that the files were made from: a crash leaves the old state or the new one, never something between. A work tree that
 * was left behind is caught up by `finishCommit`, which must have been called before: it sees that nothing else is changed there.
 * @param head commit that the changes were made from
 * @returns the new commit
 * @throws UserError when the branch has moved meanwhile, a file that git does not know is in the way, or git cannot write
 */
export async function commitFiles(
  git: GitRepository,
  head: string,
  changes: Changes,
  message: string,
): Promise<string> {
  const modes = await modesAt(git, head);
  const inTheWay = [...changes.keys()].filter(
    (path) => !modes.has(git.prefix + path) && existsSync(join(git.folder, path)),
  );
  if (inTheWay.length > 0) {
    throw new UserError(`a file that git does not know is in the way: ${inTheWay.slice(0, 5).join(', ')}`, {
      why: 'it would be overwritten, and git could not give it back',
      fix: 'commit it, or move it away',
    });
  }
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
      await demand(
        git,
        [
          'update-index',
          '--add',
          '--cacheinfo',
          `${modes.get(full) === EXECUTABLE ? EXECUTABLE : '100644'},${blob},${full}`,
        ],
        index,
      );
    }
    const tree = await demand(git, ['write-tree'], index);
    return makeCommit(git, tree, head, message);
  });
  // Before the branch moves: from then on the work tree is behind it.
  writeFileAtomic(unfinished(git), commit);
  const { code, stderr } = await runGit(git.folder, ['update-ref', '-m', firstLine(message), 'HEAD', commit, head]);
  if (code !== 0) {
    rmSync(unfinished(git), { force: true });
    throw new UserError('the branch has moved since its files were read', {
      why: stderr.trim(),
      fix: 'run the command again: it starts from what is there now',
    });
  }
  await bringWorkTree(git, changes);
  return commit;
}

/**
 * Catches up a work tree that a crash has left behind the last commit, where `commitFiles` had made that: every file that differs is still as
 * it was before.
 * @returns whether there was something to do
 * @throws UserError where the work tree has changes of somebody's
 */
export async function finishCommit(git: GitRepository): Promise<boolean> {
  const dirty = await changedPaths(git, ['HEAD']);
  const staged = await changedPaths(git, ['--cached', 'HEAD']);
  const head = await resolveCommit(git, 'HEAD');
  const isOurs = existsSync(unfinished(git)) && readFileSync(unfinished(git), 'utf8') === head;
  if (dirty.length + staged.length === 0) {
    rmSync(unfinished(git), { force: true });
    return false;
  }
  // Of any other commit, a file as it was before is what somebody has taken back on purpose.
  const behind = isOurs ? await changedPaths(git, ['HEAD^']) : dirty;
  const written = isOurs ? await changedPaths(git, ['HEAD^', 'HEAD']) : [];
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

/** Names the commit that the work tree is being brought to. */
function unfinished({ gitFolder }: GitRepository): string {
  return join(gitFolder, 'ai-spm-unfinished-commit');
}

/** The mode of every file of a commit, by its path from the top. */
async function modesAt(git: GitRepository, commit: string): Promise<Map<string, string>> {
  const stdout = await demand(git, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  return new Map(stdout.split('\0').map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, 6)]));
}

/** @throws UserError where git does not know who commits */
async function makeCommit(git: GitRepository, tree: string, parent: string, message: string): Promise<string> {
  // Automation has its name there.
  const identity = Object.entries(process.env).filter(([name]) => /^GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL)$/.test(name));
  const args = ['commit-tree', tree, '-p', parent, '-F', '-'];
  const { code, stdout, stderr } = await runGit(git.folder, args, Object.fromEntries(identity), message);
  if (code === 0) return stdout.trimEnd();
  const isUnknown = /tell me who you are|identity unknown|empty ident/i.test(stderr);
  throw new UserError(isUnknown ? 'git does not know who makes the commit' : 'git commit-tree fails', {
    why: isUnknown ? 'every step of a rotation is a commit of somebody' : stderr.trim(),
    fix: isUnknown
      ? 'git config user.name NAME; git config user.email ADDRESS'
      : 'do as git says, then run the command again',
  });
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
  rmSync(unfinished(git), { force: true });
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
  const stdout = await demand(git, ['diff', '--name-only', '--no-renames', '--no-relative', '-z', ...revisions, '--']);
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
