import { accessSync, constants, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeError } from './file-error.ts';
import { makeFolder, writeFileAtomic } from './write-file.ts';

/**
 * Replaces a folder and all in it by these files. They are written beside it first: a failure leaves the old folder as it was, and of
 * processes that do this at once the last one wins.
 * @param files texts by path in the folder
 * @throws UserError where the machine does not let it be replaced
 */
export function replaceFolder(folder: string, files: Readonly<Record<string, string>>): void {
  let beside: string | undefined;
  try {
    // Renaming would take the folder away even if what it holds could not be removed then.
    demandWritable(folder);
    beside = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
    for (const [name, text] of Object.entries(files)) {
      makeFolder(dirname(join(beside, 'new', name)));
      writeFileAtomic(join(beside, 'new', name), text);
    }
    swap(join(beside, 'new'), folder, join(beside, 'old'));
  } catch (error) {
    throw writeError(folder, error);
  } finally {
    if (beside !== undefined) remove(beside);
  }
}

function demandWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    // Not there yet, or just now taken aside by another process.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw writeError(folder, error);
  }
}

/** Another process may do the same between the two renames: then its folder is the old one. */
function swap(next: string, folder: string, old: string): void {
  for (let attempt = 0; ; attempt++) {
    const aside = `${old}-${attempt}`;
    const hasOld = renameUnless(['ENOENT'], folder, aside);
    try {
      if (renameUnless(['ENOTEMPTY', 'EEXIST'], next, folder)) return;
    } catch (error) {
      if (hasOld) renameSync(aside, folder);
      throw error;
    }
  }
}

/** False where it fails with one of these codes. */
function renameUnless(codes: readonly string[], from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
