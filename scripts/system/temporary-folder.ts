import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const open = new Set<string>();

/** Lends a new empty folder, and removes it afterwards, also where the process is told to end meanwhile. */
export async function withTemporaryFolder<T>(prefix: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), prefix));
  if (open.size === 0) for (const signal of SIGNALS) process.on(signal, removeAndEnd);
  open.add(folder);
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    open.delete(folder);
    if (open.size === 0) stopListening();
  }
}

function removeAndEnd(signal: NodeJS.Signals): void {
  try {
    for (const folder of open) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } finally {
    stopListening();
    // Sent again, now that nobody listens, it ends the process as it would have: a shell sees 130 or 143.
    process.kill(process.pid, signal);
  }
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, removeAndEnd);
}
