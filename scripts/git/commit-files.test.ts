import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gitRepository, type TestRepository } from '../testing/git-repository.ts';
import { commitFiles, finishCommit } from './commit-files.ts';
import { openGit } from './git.ts';

const FILES = {
  'a.yaml': 'a: 1\n',
  'old/b.yaml': 'b\n',
  'run.sh': '#!/bin/sh\n',
  'sub/a.yaml': 'in sub\n',
  'sub/gone.yaml': 'x\n',
};
const CHANGES = new Map<string, string | undefined>([
  ['a.yaml', 'a: 2\n'],
  ['new/folder/c.yaml', 'c\n'],
  ['gone.yaml', undefined],
  ['run.sh', '#!/bin/sh\ntrue\n'],
]);

/** A repository whose top, or a folder of which, is what is opened. */
function repositoryIn(folder: string): TestRepository & { folder: string; head(): string } {
  const files = folder === '' ? { ...FILES, 'gone.yaml': 'x\n' } : { ...FILES, 'sub/run.sh': '#!/bin/sh\n' };
  const repository = gitRepository(files);
  repository.git('config', 'user.name', 'A Person');
  repository.git('config', 'user.email', 'a@example.com');
  chmodSync(join(repository.root, folder, 'run.sh'), 0o755);
  repository.commit();
  return { ...repository, folder: join(repository.root, folder), head: () => repository.git('rev-parse', 'HEAD') };
}

const status = ({ git }: TestRepository) => git('status', '--porcelain', '--untracked-files=all');
/** What git has of a commit: mode and path of each file. */
const listed = ({ git }: TestRepository, commit: string) =>
  git('ls-tree', '-r', '--format=%(objectmode) %(path)', commit).split('\n');

describe.each(['', 'sub'])('in folder `%s` of a repository', (folder) => {
  let repository: ReturnType<typeof repositoryIn>;
  beforeEach(() => {
    repository = repositoryIn(folder);
  });
  const commit = async (changes = CHANGES, head = repository.head()) =>
    commitFiles(await openGit(repository.folder), head, changes, 'rotate: a step\n\nwhat it does\n');

  it('makes one commit of exactly these files, with the bits that they had, and brings the work tree to it', async () => {
    const before = repository.head();
    const prefix = folder && `${folder}/`;
    const made = await commit();

    expect(repository.git('rev-parse', 'main')).toBe(made);
    expect(repository.git('rev-parse', `${made}^`)).toBe(before);
    expect(repository.git('log', '-1', '--format=%an <%ae>%n%B')).toBe(
      'A Person <a@example.com>\nrotate: a step\n\nwhat it does',
    );
    expect(repository.git('diff', '--name-status', '--no-renames', before, made).split('\n')).toEqual(
      [`M\t${prefix}a.yaml`, `D\t${prefix}gone.yaml`, `A\t${prefix}new/folder/c.yaml`, `M\t${prefix}run.sh`].sort(
        (a, b) => (a.slice(2) < b.slice(2) ? -1 : 1),
      ),
    );
    expect(listed(repository, made)).toContain(`100755 ${prefix}run.sh`);
    expect(statSync(join(repository.folder, 'run.sh')).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(repository.folder, 'new/folder/c.yaml'), 'utf8')).toBe('c\n');
    expect(existsSync(join(repository.folder, 'gone.yaml'))).toBe(false);
    expect(status(repository)).toBe('');
    expect(readdirSync(join(repository.root, '.git')).filter((name) => name.startsWith('ai-spm'))).toEqual([]);
  });

  it('leaves alone what nobody has added', async () => {
    repository.write({ 'notes.txt': 'mine' });
    await commit();

    expect(readFileSync(join(repository.root, 'notes.txt'), 'utf8')).toBe('mine');
    expect(status(repository)).toBe('?? notes.txt');
  });

  it('overwrites no file that git does not know, ignored or not', async () => {
    const before = repository.head();
    repository.write({ [join(folder, 'new/folder/c.yaml')]: 'mine', '.git/info/exclude': 'c.yaml\n' });

    await expect(commit()).rejects.toThrow('a file that git does not know is in the way: new/folder/c.yaml');
    expect(repository.head()).toBe(before);
    expect(readFileSync(join(repository.folder, 'new/folder/c.yaml'), 'utf8')).toBe('mine');
  });

  it('loses against a commit that was made meanwhile, and changes nothing then', async () => {
    const seen = repository.head();
    const other = repository.commit({ 'old/b.yaml': 'of another person\n' });

    await expect(commit(CHANGES, seen)).rejects.toThrow('the branch has moved since its files were read');
    expect(repository.head()).toBe(other);
    expect(status(repository)).toBe('');
    expect(await finishCommit(await openGit(repository.folder))).toBe(false);
  });

  it.each<[string, () => void]>([
    ['a change', () => repository.write({ 'old/b.yaml': 'mine\n' })],
    ['a staged change', () => repository.git('rm', '--cached', '--quiet', 'old/b.yaml')],
    [
      'a new file that is staged',
      () => {
        repository.write({ 'mine.txt': 'mine' });
        repository.git('add', 'mine.txt');
      },
    ],
    [
      'a staged change that was taken back in the work tree',
      () => {
        repository.write({ 'a.yaml': 'mine\n' });
        repository.git('add', 'a.yaml');
        repository.write({ 'a.yaml': 'a: 1\n' });
      },
    ],
    ['what the last commit did, taken back', () => repository.git('checkout', '--quiet', 'HEAD^', '--', 'run.sh')],
  ])('refuses a work tree with %s', async (_, change) => {
    repository.commit({ 'run.sh': '#!/bin/sh\nfalse\n' });
    change();
    const before = status(repository);

    await expect(openGit(repository.folder).then(finishCommit)).rejects.toThrow(
      'the work tree has changes that are in no commit',
    );
    expect(status(repository)).toBe(before);
  });

  it('a detached HEAD moves, and no branch does', async () => {
    repository.git('checkout', '--quiet', '--detach');
    const before = repository.head();
    const made = await commit();

    expect(repository.head()).toBe(made);
    expect(repository.git('rev-parse', 'main')).toBe(before);
  });
});

describe('a commit whose process was killed', () => {
  let repository: ReturnType<typeof repositoryIn>;
  let made: string;
  beforeEach(async () => {
    repository = repositoryIn('');
    made = await commitFiles(await openGit(repository.folder), repository.head(), CHANGES, 'a step');
  });
  /** The work tree after the commit and some of its writes, as a killed process leaves it. */
  const killedAfter = (writes: number) => {
    repository.git('checkout', '--quiet', 'HEAD^', '--', ...['a.yaml', 'run.sh', 'gone.yaml']);
    repository.git('rm', '--quiet', '--cached', 'new/folder/c.yaml');
    renameSync(join(repository.root, 'new/folder/c.yaml'), join(repository.root, '.git/c.yaml'));
    for (const [path, text] of [...CHANGES].slice(0, writes)) repository.write({ [path]: text });
    repository.write({ '.git/ai-spm-unfinished-commit': made });
  };
  const finish = async () => finishCommit(await openGit(repository.folder));

  it.each([0, 1, 2, 3, 4])('is finished after %i of 4 writes', async (writes) => {
    killedAfter(writes);
    mkdirSync(join(repository.root, 'new/folder'), { recursive: true });
    const half = join(repository.root, 'new/folder/.c.yaml.0123abcd-0123-0123-0123-0123456789ab');
    writeFileSync(half, 'ha');

    expect(await finish()).toBe(true);
    expect(repository.head()).toBe(made);
    expect(status(repository)).toBe('');
    expect(existsSync(half)).toBe(false);
    expect(await finish()).toBe(false);
  });

  it('keeps what somebody has changed since', async () => {
    killedAfter(1);
    repository.write({ 'run.sh': 'mine' });

    await expect(finish()).rejects.toThrow('the work tree has changes that are in no commit: run.sh');
    expect(readFileSync(join(repository.root, 'run.sh'), 'utf8')).toBe('mine');
  });

  it('is not finished over a newer commit', async () => {
    killedAfter(4);
    repository.commit({ 'old/b.yaml': 'of another person\n' });

    repository.git('checkout', '--quiet', 'HEAD^', '--', 'old/b.yaml');

    await expect(finish()).rejects.toThrow('the work tree has changes that are in no commit: old/b.yaml');
  });
});

describe('who commits', () => {
  afterEach(() => vi.unstubAllEnvs());

  const anonymous = async () => {
    const repository = repositoryIn('');
    for (const key of ['user.name', 'user.email']) repository.git('config', '--unset', key);
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    vi.stubEnv('GIT_CONFIG_SYSTEM', '/dev/null');
    repository.git('config', 'user.useConfigOnly', 'true');
    return repository;
  };

  it('must be known', async () => {
    const repository = await anonymous();
    const before = repository.head();

    await expect(commitFiles(await openGit(repository.root), before, CHANGES, 'a step')).rejects.toMatchObject({
      what: 'git does not know who makes the commit',
      details: { fix: expect.stringContaining('git config user.name') },
    });
    expect(repository.head()).toBe(before);
    expect(status(repository)).toBe('');
  });

  it('may be said by the surroundings, as automation does', async () => {
    const repository = await anonymous();
    for (const who of ['AUTHOR', 'COMMITTER']) {
      vi.stubEnv(`GIT_${who}_NAME`, 'A Robot');
      vi.stubEnv(`GIT_${who}_EMAIL`, 'robot@example.com');
    }
    await commitFiles(await openGit(repository.root), repository.head(), CHANGES, 'a step');

    expect(repository.git('log', '-1', '--format=%an %ce')).toBe('A Robot robot@example.com');
  });
});
