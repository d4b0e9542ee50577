import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { gitRepository } from '../testing/git-repository.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { filesAt } from './files-at.ts';

it('reads files as they were in a commit, below the folder that is asked from, and says which it did not have', () => {
  const repository = gitRepository({ 'in/a.yaml': 'ü: 1\n', 'in/b.yaml': 'ends without a line end', 'in/empty': '' });
  const commit = repository.git('rev-parse', 'HEAD');
  repository.commit({ 'in/a.yaml': 'changed\n', 'in/new': '' });
  const paths = ['a.yaml', 'new', 'empty', '../in/b.yaml', 'no/such'];
  expect(filesAt(join(repository.root, 'in'), commit, paths)).toEqual([
    'ü: 1\n',
    undefined,
    '',
    'ends without a line end',
    undefined,
  ]);
});

it('has nothing of a commit that is not here, or of a folder that is in no repository', () => {
  const { root } = gitRepository({ a: '1' });
  expect(filesAt(root, 'f'.repeat(40), ['a'])).toBeUndefined();
  expect(filesAt(temporaryTree({ a: '1' }), 'f'.repeat(40), ['a'])).toBeUndefined();
});

it('says what git says where the commit is here, and its files cannot be read', () => {
  const repository = gitRepository({ a: '1' });
  const commit = repository.git('rev-parse', 'HEAD');
  repository.commit({ a: '2' });
  repository.git('config', 'uploadpack.allowFilter', 'true');
  const clone = join(temporaryTree({}), 'clone');
  repository.git('clone', '--quiet', '--filter=blob:none', `file://${repository.root}`, clone);
  expect(filesAt(clone, 'f'.repeat(40), ['a'])).toBeUndefined();
  expect(() => filesAt(clone, commit, ['a'])).toThrow(`git cannot read files of the commit ${commit.slice(0, 12)}`);
  try {
    filesAt(clone, commit, ['a']);
  } catch (error) {
    expect(error).toMatchObject({ details: { why: expect.stringContaining('promisor') } });
  }
  repository.git(
    '-C',
    clone,
    'fetch',
    '--quiet',
    '--refetch',
    '--no-filter',
    '--no-auto-maintenance',
    'origin',
    commit,
  );
  expect(filesAt(clone, commit, ['a'])).toEqual(['1']);
});

it('says where there is no git', () => {
  const { root } = gitRepository({ a: '1' });
  vi.stubEnv('PATH', '');
  expect(() => filesAt(root, 'f'.repeat(40), ['a'])).toThrow('git cannot read files');
  vi.unstubAllEnvs();
});
