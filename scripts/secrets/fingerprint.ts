import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type GitRepository, runGit } from '../git/git.ts';
import { writeError } from '../system/file-error.ts';
import { makeFolder } from '../system/write-file.ts';

const KEY_BYTES = 32;
const PREFIX = 'fingerprint.ai-spm.io/';

/**
 * Annotations that tell whether a value is the same as before: HMAC-SHA-256 under a key that stays on this machine. A plain hash would let every
 * reader of the repository try values until one fits.
 * @param place what the values are for: the same value elsewhere has another fingerprint
 */
export function fingerprintsOf(
  key: Buffer,
  place: string,
  values: Readonly<Record<string, Buffer>>,
): Record<string, string> {
  const entries = Object.entries(values).map(([name, value]) => {
    const mac = createHmac('sha256', key).update(`${place}\0${name}\0`).update(value);
    return [PREFIX + name, mac.digest('hex')];
  });
  return Object.fromEntries(entries);
}

/**
 * The key of this clone, made at the first call. Who has lost it loses nothing: a value that did not change is sealed once more than needed.
 * @param isDry where nothing may be written: one that is not there yet is made for this run alone
 * @throws UserError where it cannot be kept
 */
export async function fingerprintKey({ folder, gitFolder }: GitRepository, isDry: boolean): Promise<Buffer> {
  // Work trees of one clone share it.
  const { code, stdout } = await runGit(folder, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
  const path = join(code === 0 ? stdout.trim() : gitFolder, 'ai-spm-mesh', 'fingerprint-key');
  if (existsSync(path)) {
    const kept = readFileSync(path);
    if (kept.length === KEY_BYTES) return kept;
  }
  const key = randomBytes(KEY_BYTES);
  if (isDry) return key;
  makeFolder(dirname(path));
  try {
    writeFileSync(path, key, { mode: 0o600 });
  } catch (error) {
    throw writeError(path, error);
  }
  return key;
}
