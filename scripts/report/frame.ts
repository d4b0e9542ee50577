import type { SourcePosition } from '../findings/finding.ts';
import { redact } from './redact.ts';
import { visible } from './text.ts';
import { clip, displayWidth, head } from './wrap.ts';

/** One line of a code frame, safe to show. `marked` is the exact span; it is empty on the lines around it. */
export interface FrameLine {
  number: number;
  before: string;
  marked: string;
  after: string;
}

/** The lines around a position, at most `width` columns each; empty when the source is not at hand. */
export type FrameReader = (position: SourcePosition, width: number) => readonly FrameLine[];

const LINES_AROUND = 2;

/** Frames of many findings; each file is read and redacted once. */
export function frameReader(readSource: (file: string) => string | undefined): FrameReader {
  const files = new Map<string, readonly string[]>();
  return (position, width) => {
    let lines = files.get(position.file);
    if (!lines) {
      const text = readSource(position.file);
      lines = text === undefined ? [] : redact(text).split(/\r?\n/);
      files.set(position.file, lines);
    }
    return frameOf(lines, position, width);
  };
}

function frameOf(lines: readonly string[], position: SourcePosition, width: number): FrameLine[] {
  const frame: FrameLine[] = [];
  if (position.line > lines.length) return frame;
  const last = Math.min(lines.length, position.line + LINES_AROUND);
  for (let number = Math.max(1, position.line - LINES_AROUND); number <= last; number++) {
    const text = lines[number - 1] ?? '';
    const isEndOfFile = text === '' && number === lines.length && number !== position.line;
    if (isEndOfFile) continue;
    const line = number === position.line ? markedLine(text, position, width) : contextLine(text, width);
    frame.push({ number, ...line });
  }
  return frame;
}

function contextLine(text: string, width: number): Omit<FrameLine, 'number'> {
  return { before: clip(shown(text.slice(0, width + 1)), width), marked: '', after: '' };
}

/** A line that is too long loses its start first: the span and what follows it say more. */
function markedLine(line: string, { column, endColumn }: SourcePosition, width: number): Omit<FrameLine, 'number'> {
  const start = Math.max(0, column - 1);
  const end = Math.max(start + 1, (endColumn ?? column + 1) - 1);
  // A position just past the end of its line (a missing value) gets its caret where the value belongs.
  const text = line.padEnd(Math.min(start, line.length + 1));
  const isLong = displayWidth(shown(text.slice(0, width * 4))) >= width;
  const before = isLong
    ? clipStart(shown(text.slice(Math.max(0, start - width), start)), Math.floor(width / 3))
    : shown(text.slice(0, start));
  const span = shown(text.slice(start, Math.min(end, start + width)));
  const marked = clip(span, width - displayWidth(before)) || ' ';
  const room = width - displayWidth(before) - displayWidth(marked);
  return { before, marked, after: room > 0 ? clip(shown(text.slice(end, end + width)), room) : '' };
}

function clipStart(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const reversed = [...text].reverse().join('');
  return `…${[...head(reversed, width - 1)].reverse().join('')}`;
}

/** A tab has no width of its own, so it would put the caret under the wrong column. */
function shown(text: string): string {
  return visible(text).replaceAll('\t', '\\t');
}
