import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../system/user-error.ts';
import { makeFolder, writeFileAtomic } from '../system/write-file.ts';
import { labCache } from './layout.ts';
import { identify, type ProcessIdentity, runs } from './process.ts';

/**
 * Lets one command at a time change the lab or its cache. The lock of a process that was killed counts for nothing.
 * @throws UserError while another one does
 */
export async function withLock<T>(use: () => Promise<T>, folder = labCache()): Promise<T> {
  const file = join(folder, 'lock.json');
  makeFolder(folder);
  const holder = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity) : undefined;
  if (holder && runs(holder)) {
    throw new UserError(`another command is changing the lab: process ${holder.pid}`, {
      why: 'there is one lab on a machine, and two that change it at once would ruin it for both',
      fix: `wait for its end, or end it: kill ${holder.pid}`,
    });
  }
  writeFileAtomic(file, JSON.stringify(identify(process.pid)));
  try {
    return await use();
  } finally {
    rmSync(file, { force: true });
  }
}
