/** Offsets of text to hide. */
export type Span = readonly [start: number, end: number];

/** One `*` for every visible character, so that positions hold. */
export function mask(text: string): string {
  return text.replace(/\S/g, '*');
}

/** Masks spans in any order; they may overlap. */
export function maskSpans(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    if (end <= done) continue;
    const from = Math.max(start, done);
    parts.push(text.slice(done, from), mask(text.slice(from, end)));
    done = end;
  }
  return parts.join('') + text.slice(done);
}
