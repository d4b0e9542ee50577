import { log } from '../system/log.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const open = new Set<() => Promise<void>>();
let isEnding = false;

/**
 * Does something, and takes it back: when it is done, when it has failed, and when the process is told to end meanwhile. Told once more,
 * the process ends at once.
 * @param undo may be called twice
 */
export async function withUndo<T>(use: () => Promise<T>, undo: () => Promise<void>): Promise<T> {
  if (open.size === 0) for (const signal of SIGNALS) process.on(signal, undoAndEnd);
  open.add(undo);
  try {
    return await use();
  } finally {
    // What fails because it is being taken back is nobody's business any more.
    if (isEnding) await new Promise(() => {});
    try {
      await undo();
    } finally {
      open.delete(undo);
      if (open.size === 0) stopListening();
    }
  }
}

async function undoAndEnd(signal: NodeJS.Signals): Promise<void> {
  isEnding = true;
  stopListening();
  log(`${signal}: removing what was made on the cluster; once more ends at once`);
  const results = await Promise.allSettled([...open].map((undo) => undo()));
  for (const result of results) if (result.status === 'rejected') log(`not all is removed: ${result.reason}`);
  // Sent again, now that nobody listens, it ends the process as it would have: a shell sees 130 or 143.
  process.kill(process.pid, signal);
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, undoAndEnd);
}
