import type { Finding, Severity } from '../findings/finding.ts';
import { type FrameReader, frameReader } from './frame.ts';
import { FRAME_GUTTER, frameText, SEVERITY_STYLE } from './frame-text.ts';
import { type Paint, painter } from './paint.ts';
import type { Report, ReportOptions } from './report.ts';
import { locationOf, occurrence, oneLine, subjectOf, summaryLine } from './text.ts';
import { displayWidth, wrap } from './wrap.ts';

const MARKS: Readonly<Record<Severity, string>> = { error: '×', warning: '!' };
const TARGETS_NAMED = 4;
/** Narrower is not readable as a frame, wider is not readable as prose. */
const WIDTH = { min: 40, max: 120 };

interface Page {
  width: number;
  paint: Paint;
  frames: FrameReader;
}

/** Format `pretty`: for a person at a terminal. The last line is always the summary. */
export function renderPretty({ findings, summary }: Report, { color, width, readSource }: ReportOptions): string {
  const page: Page = {
    width: Math.min(WIDTH.max, Math.max(WIDTH.min, width)),
    paint: painter(color),
    frames: frameReader(readSource),
  };
  const blocks = byFile(findings).map((finding) => `${block(finding, page).join('\n')}\n\n`);
  return `${blocks.join('')}${summaryLine(summary)}\n`;
}

/** Findings of one file together, files and findings in the order in which they first come. */
function byFile(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.source.file);
    if (group) group.push(finding);
    else groups.set(finding.source.file, [finding]);
  }
  return [...groups.values()].flat();
}

function block(finding: Finding, page: Page): string[] {
  const { code, severity, source, message, why, fix } = finding;
  const { paint, width } = page;
  const style = SEVERITY_STYLE[severity];
  const frame = frameText(page.frames(source, width - FRAME_GUTTER - 2), severity, paint);
  const context = [subjectOf(finding), occurrence(finding, TARGETS_NAMED)].filter(Boolean);
  return [
    header(finding, page),
    '',
    ...labelled(
      MARKS[severity],
      message,
      width,
      (mark) => paint(style, mark),
      (text) => paint('bold', text),
    ),
    '',
    ...(frame.length > 0 ? [...frame.map((line) => `  ${line}`), ''] : []),
    ...context.flatMap((text) => wrap(text, width - 2)).map((line) => `  ${line}`),
    ...labelled('why', why, width, (label) => paint('dim', label)),
    ...labelled('fix', fix, width, (label) => paint('dim', label)),
    `  ${paint('dim', 'npm run explain --')} ${oneLine(code)}`,
  ];
}

/** Location first and unbroken, so that a terminal or an editor can open it; a rule fills the line. */
function header(finding: Finding, { width, paint }: Page): string {
  const location = oneLine(locationOf(finding));
  const code = oneLine(finding.code);
  const slug = oneLine(finding.slug);
  const used = displayWidth(`${location}  ${code} ${slug} `);
  const rule = paint('dim', '─'.repeat(Math.max(2, width - used)));
  return `${paint('bold', location)}  ${paint('cyan', code)} ${slug} ${rule}`;
}

/** `  label  text`, wrapped under the start of the text. */
function labelled(
  label: string,
  text: string,
  width: number,
  paintLabel: (label: string) => string,
  paintText: (text: string) => string = (line) => line,
): string[] {
  const gap = label.length === 1 ? ' ' : '  ';
  const indent = ' '.repeat(2 + label.length + gap.length);
  return wrap(text, width - indent.length).map((line, at) =>
    at === 0 ? `  ${paintLabel(label)}${gap}${paintText(line)}` : `${indent}${paintText(line)}`,
  );
}
