import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../system/write-file.ts';

/** Results kept by the content of everything that went into them; losing the folder only costs time. */
export interface RenderCache {
  read(key: string): string | undefined;
  write(key: string, text: string): void;
}

/** A cache under `node_modules/.cache`, where build tools keep theirs: not in git, gone with the dependencies. */
export function folderCache(root: string): RenderCache {
  const folder = join(root, 'node_modules', '.cache', 'ai-spm-mesh', 'render');
  return {
    read(key) {
      try {
        return readFileSync(join(folder, key), 'utf8');
      } catch {
        return undefined;
      }
    },
    write(key, text) {
      try {
        mkdirSync(folder, { recursive: true });
        writeFileAtomic(join(folder, key), text);
      } catch {
        // Where nothing can be kept (read-only dependencies, a full disk), it is built again next time.
      }
    },
  };
}

export const noCache: RenderCache = { read: () => undefined, write: () => {} };

/** The lengths keep `['ab', 'c']` and `['a', 'bc']` apart. */
export function cacheKey(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}
