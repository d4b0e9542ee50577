import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { type Lock, withLock } from './lock.ts';
import { identify } from './process-identity.ts';

let folder: string;
let file: string;
let lock: Lock;
beforeEach(() => {
  folder = temporaryTree({});
  file = join(folder, 'one.lock');
  lock = { file, busy: 'another one is at it', why: 'two would be too many' };
});
const left = () => readdirSync(folder);

describe('the lock', () => {
  it('lets one at a time, and is gone afterwards, also after an error', async () => {
    const inner = withLock(lock, () => withLock(lock, async () => 'both'));
    await expect(inner).rejects.toThrow(`another one is at it: process ${process.pid}`);
    expect(left()).toEqual([]);

    await expect(withLock(lock, async () => 'one')).resolves.toBe('one');
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(left()).toEqual([]);
  });

  it('of another process that runs is kept', async () => {
    const other = spawn('sleep', ['60']);
    const holder = `${other.pid} ${identify(other.pid ?? 0)?.started}`;
    writeFileSync(file, holder);

    await expect(withLock(lock, async () => 'in')).rejects.toThrow(`process ${other.pid}`);
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

    await expect(withLock(lock, async () => 'in')).resolves.toBe('in');
    expect(left()).toEqual([`one.lock.${process.ppid}`]);
  });

  it('says where it cannot be made', async () => {
    const there = { ...lock, file: join(folder, 'none', 'one.lock') };
    await expect(withLock(there, async () => 'in')).rejects.toThrow(
      'one.lock cannot be written: its folder does not exist',
    );
  });

  it('lets one of many processes in that come at the same time, past the lock of a dead one', async () => {
    writeFileSync(file, `${spawnSync('true').pid} 1`);
    const module = JSON.stringify(join(__dirname, 'lock.ts'));
    // Each says that it is there, tries at a word of the test, and keeps what it has until it may end.
    const code = `const { withLock } = require(${module});
      const word = () => new Promise((resolve) => process.stdin.once('data', resolve));
      const hold = () => { console.log('in'); return word(); };
      console.log('there');
      word().then(() => withLock(${JSON.stringify(lock)}, hold)).catch(({ name }) => console.log(name)).then(() => process.exit());`;
    const others = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['-r', './scripts/load-typescript.js', '-e', code]),
    );
    onTestFinished(() => others.forEach((other) => void other.kill()));
    const next = () => Promise.all(others.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()));

    expect(new Set(await next())).toEqual(new Set(['there']));
    const said = next();
    for (const { stdin } of others) stdin.write('go\n');
    expect((await said).sort()).toEqual(['UserError', 'UserError', 'UserError', 'in']);
  });
});
