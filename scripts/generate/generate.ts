import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../system/write-file.ts';
import type { GenerationPlan } from './plan.ts';

/** Carries a plan out: writes what differs, removes orphans and the folders they leave empty. */
export function applyGeneration(root: string, { writes, orphans }: GenerationPlan): void {
  for (const [path, text] of writes) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileAtomic(join(root, path), text);
  }
  for (const path of orphans) {
    rmSync(join(root, path));
    removeEmpty(root, dirname(path));
  }
}

/** Removes a folder when nothing is left in it, and those above it. */
function removeEmpty(root: string, folder: string): void {
  if (folder === '.') return;
  try {
    rmdirSync(join(root, folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    return;
  }
  removeEmpty(root, dirname(folder));
}
