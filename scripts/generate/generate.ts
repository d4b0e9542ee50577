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
    removeIfEmpty(dirname(join(root, path)));
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}
