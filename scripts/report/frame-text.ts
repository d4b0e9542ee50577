import type { Severity } from '../findings/finding.ts';
import type { FrameLine } from './frame.ts';
import { type Paint, painter, type Style } from './paint.ts';
import { displayWidth } from './wrap.ts';

export const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow' };

/** Columns that line numbers and rule take beside the text of a frame with numbers up to 9999. */
export const FRAME_GUTTER = 9;

/**
 * A frame as lines of text:
 *
 *       6 │ spec:
 *     > 7 │   host: ai-scaner
 *         │         ^^^^^^^^^
 */
export function frameText(lines: readonly FrameLine[], severity: Severity, paint: Paint = painter(false)): string[] {
  const digits = String(lines.at(-1)?.number ?? 0).length;
  const style = SEVERITY_STYLE[severity];
  return lines.flatMap(({ number, before, marked, after }) => {
    const label = String(number).padStart(digits);
    if (marked === '') return [`${paint('dim', `  ${label} │`)} ${before}`.trimEnd()];
    const line = `${paint(style, '>')} ${label} ${paint('dim', '│')} ${before}${paint(style, marked)}${after}`;
    const carets = paint(style, '^'.repeat(displayWidth(marked)));
    return [
      line.trimEnd(),
      `  ${' '.repeat(digits)} ${paint('dim', '│')} ${' '.repeat(displayWidth(before))}${carets}`,
    ];
  });
}
