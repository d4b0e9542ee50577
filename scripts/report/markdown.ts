import type { Finding } from '../findings/finding.ts';
import { type FrameReader, frameReader } from './frame.ts';
import { frameText } from './frame-text.ts';
import { codeText, escapeMarkdown, fenced, MAX_COMMENT, prose } from './markdown-text.ts';
import type { Report, ReportOptions, Summary } from './report.ts';
import { count, locationOf, occurrence, oneLine, subjectOf, summaryLine, targetsOf } from './text.ts';

/** Share of the comment for the table, so that a long one still leaves room to explain its first findings. */
const MAX_TABLE = 36_000;
/** Room for the last paragraph, which says what was left out. */
const MAX_TAIL = 400;
const FRAME_WIDTH = 96;
const TARGETS_NAMED = 8;

/** Format `markdown`: a pull request comment. Table of findings, then their details folded. */
export function renderMarkdown({ findings, summary }: Report, { readSource }: ReportOptions): string {
  const frames = frameReader(readSource);
  const top = `## ${title(summary)}\n\n${summaryLine(summary)}\n`;
  const table = fitting(findings, MAX_TABLE, row);
  const heading = '\n| | Code | Where | Message | Targets |\n| --- | --- | --- | --- | --- |\n';
  const body = findings.length === 0 ? '' : `${heading}${table.join('')}\n`;
  const room = MAX_COMMENT - MAX_TAIL - top.length - body.length;
  const details = fitting(findings.slice(0, table.length), room, (finding) => detail(finding, frames));
  return `${top}${body}${details.join('\n')}${tail(findings.length, table.length, details.length)}`;
}

function title({ errors, warnings }: Summary): string {
  if (errors + warnings === 0) return 'Mesh check: no problems found';
  return `Mesh check: ${[errors && count(errors, 'error'), warnings && count(warnings, 'warning')].filter(Boolean).join(', ')}`;
}

/** The first texts that together stay within `room` characters, line feeds between them counted. */
function fitting(findings: readonly Finding[], room: number, render: (finding: Finding) => string): string[] {
  const texts: string[] = [];
  let left = room;
  for (const finding of findings) {
    const text = render(finding);
    left -= text.length + 1;
    if (left < 0) break;
    texts.push(text);
  }
  return texts;
}

function tail(total: number, inTable: number, explained: number): string {
  const left: string[] = [];
  if (inTable < total) left.push(`${count(total - inTable, 'more finding')} not shown`);
  if (explained < inTable) left.push(`${count(inTable - explained, 'finding')} of the table without details`);
  if (left.length === 0) return '';
  return `\n**${left.join(', ')}**: a comment holds ${MAX_COMMENT} characters. The full report (\`report/index.html\`) has all ${total}.\n`;
}

function row(finding: Finding): string {
  const severity = finding.severity === 'error' ? '**error**' : 'warning';
  const targets = targetsOf(finding).length;
  return `| ${severity} | ${codeText(finding.code)} | ${codeText(locationOf(finding))} | ${prose(finding.message)} | ${targets || ''} |\n`;
}

function detail(finding: Finding, frames: FrameReader): string {
  const { code, slug, severity, source, why, fix, message } = finding;
  const frame = frameText(frames(source, FRAME_WIDTH), severity).join('\n');
  const subject = subjectOf(finding);
  const found = occurrence(finding, TARGETS_NAMED);
  // Text of others never begins a line: there a dash or a number would begin a list.
  const facts = [
    `**Why:** ${prose(why)}`,
    `**Fix:** ${prose(fix)}`,
    subject && `**Resource:** ${prose(subject)}`,
    found && `**Found:** ${prose(found)}`,
    `**More:** ${codeText(`npm run explain -- ${code}`)}`,
  ];
  const paragraphs = [
    `<details><summary><b>${escapeMarkdown(oneLine(code))}</b> ${escapeMarkdown(oneLine(slug))} in ${codeText(locationOf(finding))}</summary>`,
    `**${severity}:** ${prose(message)}`,
    frame === '' ? '' : fenced(frame),
    facts.filter(Boolean).join('<br>\n'),
    '</details>',
  ];
  return `${paragraphs.filter(Boolean).join('\n\n')}\n`;
}
