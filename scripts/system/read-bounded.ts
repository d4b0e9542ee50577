import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;

/**
 * The text of a file or of an open descriptor, read no further than is needed to see that it is larger than `maxBytes`: a pipe or a
 * device may have no end.
 */
export function readBounded(file: string | number, maxBytes: number): string {
  const descriptor = typeof file === 'number' ? file : openSync(file, 'r');
  const chunks: Buffer[] = [];
  try {
    for (let bytes = 0; bytes <= maxBytes; ) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const length = readSync(descriptor, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      bytes += length;
    }
  } finally {
    if (typeof file !== 'number') closeSync(descriptor);
  }
  return Buffer.concat(chunks).toString('utf8');
}
