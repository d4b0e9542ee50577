import type { ShownField } from './shown.ts';

const MAX_LINES = 40;
const CONTEXT = 1;

/** A field as lines of a diff: `- spec.replicas: 2`, `+ spec.replicas: 3`; of a long text only the lines that differ. */
export function fieldLines({ path, before, after }: ShownField): string[] {
  const [old, now] = [before, after].map((text) => text?.split('\n'));
  const isLong = (old?.length ?? 0) > 1 || (now?.length ?? 0) > 1;
  if (!isLong) return [...(old ? [`- ${path}: ${old.join()}`] : []), ...(now ? [`+ ${path}: ${now.join()}`] : [])];
  const { head, removed, added, tail } = middle(old ?? [], now ?? []);
  const lines = [
    ...head.map((line) => `    ${line}`),
    ...removed.map((line) => `-   ${line}`),
    ...added.map((line) => `+   ${line}`),
    ...tail.map((line) => `    ${line}`),
  ];
  const mark = before === undefined ? '+' : after === undefined ? '-' : ' ';
  return [`${mark} ${path}:`, ...capped(lines)];
}

/** What is between the common start and the common end, with a line of each. */
function middle(old: readonly string[], now: readonly string[]) {
  const shortest = Math.min(old.length, now.length);
  let start = 0;
  while (start < shortest && old[start] === now[start]) start++;
  let end = 0;
  while (end < shortest - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  return {
    head: old.slice(Math.max(0, start - CONTEXT), start),
    removed: old.slice(start, old.length - end),
    added: now.slice(start, now.length - end),
    tail: old.slice(old.length - end, old.length - end + CONTEXT),
  };
}

export function capped(lines: readonly string[]): string[] {
  if (lines.length <= MAX_LINES) return [...lines];
  return [...lines.slice(0, MAX_LINES), `  ... and ${lines.length - MAX_LINES} more lines`];
}
