import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The first 16 hexadecimal digits of a SHA-256: enough to tell versions of one thing apart in a cache. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function hashFiles(paths: readonly string[]): string {
  return hashText(paths.map((path) => readFileSync(path, 'utf8')).join('\0'));
}
