import { codeText, escapeMarkdown, fenced, MAX_COMMENT, prose } from '../../report/markdown-text.ts';
import { count, visible } from '../../report/text.ts';
import type { Comparison } from '../compare.ts';
import { type Context, headline, named, radiusText } from '../headline.ts';
import { type Line, sectionsOf } from '../sections.ts';

/** By this a workflow finds the comment that it wrote before. */
export const COMMENT_MARK = '<!-- ai-spm-mesh diff -->';
/** Room for the last paragraph, which says what was left out, and for what .github/workflows/diff-comment.yaml adds. */
const MAX_TAIL = 1_000;
const MAX_DETAILS = 12_000;

/** A pull request comment. What does not fit goes from the end: first the details of a line, then the line. */
export function markdownDiff(comparison: Comparison, { compared, seconds }: Context): string {
  const sections = sectionsOf(comparison);
  const title =
    sections.length > 0 ? `This change ${headline(comparison)}` : 'This change changes nothing that is deployed';
  const head = [
    COMMENT_MARK,
    `### ${escapeMarkdown(title)}`,
    ...(sections.length > 0 ? [`**${prose(radiusText(comparison))}**`] : []),
  ];
  const foot = `<sub>${prose(`Compared ${compared} in ${seconds.toFixed(1)} s. Nothing was applied.`)}</sub>\n`;
  let room = MAX_COMMENT - MAX_TAIL - head.join('\n\n').length - foot.length;
  let short = 0;
  let left = 0;
  const parts: string[] = [];
  for (const { title: name, lines } of sections) {
    const rows: string[] = [];
    const heading = `#### ${escapeMarkdown(name)}\n\n`;
    for (const line of lines) {
      const width = (text: string) => text.length + (rows.length === 0 ? heading.length + 2 : 1);
      const full = withDetails(line);
      const text = [full, bare(line)].find((one) => width(one) <= room);
      if (text === undefined) {
        left++;
        continue;
      }
      if (text !== full) short++;
      room -= width(text);
      rows.push(text);
    }
    if (rows.length > 0) parts.push(`${heading}${rows.join('\n')}\n`);
  }
  return `${[...head, ...parts, ...tail(left, short), foot].join('\n\n')}`;
}

function tail(left: number, short: number): string[] {
  const parts = [
    ...(left > 0 ? [`${count(left, 'further line')} not shown`] : []),
    ...(short > 0 ? [`${count(short, 'line')} without details`] : []),
  ];
  if (parts.length === 0) return [];
  return [
    `**${parts.join(', ')}**: a comment holds ${MAX_COMMENT} characters. \`npm run diff -- --base REF --output html\` shows all of it.`,
  ];
}

function bare({ mark, text, targets }: Line): string {
  const where =
    targets.length > 0 ? ` in ${targets.length > 1 ? `${targets.length} targets: ` : ''}${named(targets)}` : '';
  return `- ${codeText(mark)} ${prose(text)}${prose(where)}`;
}

function withDetails(line: Line): string {
  const details = line.details.map(visible).join('\n');
  if (details === '') return bare(line);
  const shown = details.length > MAX_DETAILS ? `${details.slice(0, MAX_DETAILS)}\n... cut` : details;
  return `<details><summary>${bare(line).slice(2)}</summary>\n\n${fenced(shown, 'diff')}\n\n</details>`;
}
