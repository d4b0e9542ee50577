import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitRepository } from '../testing/git-repository.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { commitsBetween, isAncestor, openGit, resolveCommit } from './git.ts';

const UNKNOWN = 'f'.repeat(40);

it('tells which of two commits came first, and how many are between', async () => {
  const repository = gitRepository({});
  const old = repository.git('rev-parse', 'HEAD');
  const now = repository.commit({ a: '1' });
  const git = await openGit(repository.root);
  expect(await isAncestor(git, old, now)).toBe(true);
  expect(await isAncestor(git, now, old)).toBe(false);
  expect(await commitsBetween(git, old, now)).toBe(1);
});

it('is no answer where git has none', async () => {
  const { root, git: run } = gitRepository({});
  const git = await openGit(root);
  const head = run('rev-parse', 'HEAD');
  await expect(isAncestor(git, UNKNOWN, head)).rejects.toThrow('git cannot compare ffffffffffff with');
  await expect(commitsBetween(git, UNKNOWN, head)).rejects.toThrow('git cannot compare');
});

it('gives a command to copy that runs nothing else, and none for what git takes for an option', async () => {
  const git = await openGit(gitRepository({}).root);
  const fixOf = (revision: string) => resolveCommit(git, revision).catch(({ details }) => details.fix);

  expect(await fixOf('origin/next')).toContain('`git fetch origin next`');
  expect(await fixOf('$(touch x) y')).toContain("`git fetch origin '$(touch x) y'`");
  expect(await fixOf('--upload-pack=touch')).toBe('check the spelling');
});

it('is no answer where a shallow clone lacks the history', async () => {
  const repository = gitRepository({});
  const old = repository.git('rev-parse', 'HEAD');
  repository.commit({ a: '1' });
  const tip = repository.commit({ a: '2' });
  repository.git('branch', 'old', old);
  const root = join(temporaryTree({}), 'clone');
  const from = `file://${repository.root}`;
  spawnSync('git', ['clone', '--quiet', '--depth', '1', '--no-single-branch', from, root]);
  const git = await openGit(root);
  // Both commits are here, and what joins them is not.
  await expect(isAncestor(git, old, tip)).rejects.toMatchObject({
    details: { why: expect.stringContaining('shallow') },
  });
  expect(await isAncestor(git, tip, tip)).toBe(true);
});

it.each(['README.md', 'nowhere'])('says that %s is no folder', async (name) => {
  await expect(openGit(join(temporaryTree({ 'README.md': '' }), name))).rejects.toThrow(`${name} is no folder`);
});
