import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GitRepository } from '../git/git.ts';
import { identify } from '../lab/process.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { withLock } from './lock.ts';

let git: GitRepository;
let file: string;
beforeEach(() => {
  const folder = temporaryTree({});
  git = { folder, gitFolder: folder, prefix: '' };
  file = join(folder, 'ai-spm-rotate.lock');
});
const left = () => readdirSync(git.gitFolder);

describe('the lock', () => {
  it('lets one at a time, and is gone afterwards, also after an error', async () => {
    const inner = withLock(git, () => withLock(git, async () => 'both'));
    await expect(inner).rejects.toThrow(`another rotation is taking a step: process ${process.pid}`);
    expect(left()).toEqual([]);

    await expect(withLock(git, async () => 'one')).resolves.toBe('one');
    await expect(withLock(git, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(left()).toEqual([]);
  });

  it('of another process that runs is kept', async () => {
    const other = spawn('sleep', ['60']);
    const holder = `${other.pid} ${identify(other.pid ?? 0)?.started}`;
    writeFileSync(file, holder);

    await expect(withLock(git, async () => 'in')).rejects.toThrow(`process ${other.pid}`);
    expect(existsSync(file)).toBe(true);
    other.kill();
  });

  it.each<[string, () => string]>([
    ['a process that has ended', () => `${spawnSync('true').pid} 1`],
    ['an id that another process has by now', () => `${process.pid} 1`],
    ['nobody that can be read', () => ''],
  ])('of %s counts for nothing', async (_, holder) => {
    writeFileSync(file, holder());
    // What others have left that tried, one of which runs.
    writeFileSync(`${file}.${spawnSync('true').pid}`, 'half');
    writeFileSync(`${file}.${process.ppid}`, 'half');
    // What it had left itself before it got the lock.
    writeFileSync(`${file}.${process.pid}`, 'half');

    await expect(withLock(git, async () => 'in')).resolves.toBe('in');
    expect(left()).toEqual([`ai-spm-rotate.lock.${process.ppid}`]);
  });
});
