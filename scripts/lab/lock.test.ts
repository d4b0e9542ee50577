import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { withLock } from './lock.ts';
import { identify } from './process.ts';

it('lets nobody in while it is held, and the next one afterwards', async () => {
  const folder = temporaryTree({});
  await withLock(async () => {
    await expect(withLock(async () => 1, folder)).rejects.toThrow(`process ${process.pid}`);
  }, folder);

  expect(await withLock(async () => 2, folder)).toBe(2);
  expect(existsSync(join(folder, 'lock.json'))).toBe(false);
});

it('forgets the lock of a process that has ended, also where its id is used again', async () => {
  const folder = temporaryTree({});
  const earlier = { ...identify(process.pid), started: '1' };
  writeFileSync(join(folder, 'lock.json'), JSON.stringify(earlier));

  expect(await withLock(async () => 3, folder)).toBe(3);
});
