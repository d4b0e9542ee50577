import { join } from 'node:path';
import { expect, it } from 'vitest';
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
