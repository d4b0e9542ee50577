import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeError } from './file-error.ts';

/**
 * Replaces a file in one step: a reader or a crash sees the old text or the new, never half of it. It keeps the mode that it has.
 * @param mode of a new file, where not everybody of the machine may read it
 * @throws UserError where the machine does not let it be written
 */
export function writeFileAtomic(path: string, text: string | Uint8Array, mode?: number): void {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    // A device or a pipe (`/dev/null`, `>(jq)`) is written to, not replaced by a file.
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats && !stats.isFile() && !stats.isDirectory()) {
      writeFileSync(path, text);
    } else {
      writeFileSync(unfinished, text, { mode: stats?.isFile() ? stats.mode : mode });
      renameSync(unfinished, path);
    }
  } catch (error) {
    if (existsSync(unfinished)) rmSync(unfinished);
    throw writeError(path, error);
  }
}

/**
 * Makes a folder and those above it.
 * @throws UserError where the machine does not let it be made
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw writeError(path, error);
  }
}
