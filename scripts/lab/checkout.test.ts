import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { gitRepository, type TestRepository } from '../testing/git-repository.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { commitAndPush, demandIsMain } from './checkout.ts';

let origin: string;
let clone: TestRepository;
beforeEach(() => {
  origin = temporaryTree({});
  clone = gitRepository({ file: 'one' });
  clone.git('init', '--quiet', '--bare', '--initial-branch', 'main', origin);
  clone.git('remote', 'add', 'origin', origin);
  clone.git('push', '--quiet', 'origin', 'main');
  for (const [key, value] of [
    ['user.name', 'a'],
    ['user.email', 'a@example.com'],
  ] as const)
    clone.git('config', key, value);
});
const main = () => clone.git('--git-dir', origin, 'rev-parse', 'main');

describe('a checkout is main', () => {
  it('where it is at the commit of main, on whatever branch', async () => {
    await demandIsMain(clone.root);
    clone.git('checkout', '--quiet', '-b', 'feature');
    await demandIsMain(clone.root);
  });

  it('not with a file that no commit has', async () => {
    clone.write({ new: 'file' });

    await expect(demandIsMain(clone.root)).rejects.toMatchObject({
      what: `${clone.root} holds changes that no commit has`,
      details: { why: expect.stringContaining('?? new') },
    });
  });

  it('not with a commit of a branch, which would be pushed; the fix keeps it', async () => {
    const before = main();
    clone.git('checkout', '--quiet', '-b', 'feature');
    const feature = clone.commit({ file: 'two' });

    await expect(demandIsMain(clone.root)).rejects.toMatchObject({
      what: `${clone.root} is at ${feature.slice(0, 12)}, and main of its origin is at ${before.slice(0, 12)}`,
    });

    clone.git('fetch', '--quiet', 'origin', 'main');
    clone.git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
    await demandIsMain(clone.root);
    const pushed = await commitAndPush('e2e', clone.root);
    expect([main(), clone.git('rev-parse', 'HEAD^', 'feature')]).toEqual([pushed, `${before}\n${feature}`]);
  });

  it('not behind main, where another clone has pushed since', async () => {
    const other = join(temporaryTree({}), 'other');
    clone.git('clone', '--quiet', origin, other);
    clone.git('-C', other, 'commit', '--quiet', '--allow-empty', '--message', 'merged');
    clone.git('-C', other, 'push', '--quiet', 'origin', 'main');

    await expect(demandIsMain(clone.root)).rejects.toThrow(`and main of its origin is at ${main().slice(0, 12)}`);
  });

  it('not where its origin has no main', async () => {
    clone.git('--git-dir', origin, 'update-ref', '-d', 'refs/heads/main');

    await expect(demandIsMain(clone.root)).rejects.toThrow('its origin has no main');
  });
});
