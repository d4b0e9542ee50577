import { painter } from '../../report/paint.ts';
import { visible } from '../../report/text.ts';
import type { Comparison } from '../compare.ts';
import { type Context, headline, named, radiusText } from '../headline.ts';
import { type Mark, sectionsOf } from '../sections.ts';

const STYLES: Readonly<Record<Mark, Parameters<ReturnType<typeof painter>>[0]>> = {
  '+': 'cyan',
  '-': 'red',
  '~': 'yellow',
  '!': 'red',
  '?': 'red',
  '=': 'dim',
};

/** For a terminal. The last line is always the summary. */
export function prettyDiff(comparison: Comparison, { compared, seconds }: Context, color: boolean): string {
  const paint = painter(color);
  const sections = sectionsOf(comparison);
  const blocks = sections.map(({ title, lines }) => {
    const rows = lines.flatMap(({ mark, text, targets, details }) => [
      `  ${paint(STYLES[mark], mark)} ${visible(text)}${targets.length > 0 ? paint('dim', `  in ${named(targets)}`) : ''}`,
      // Of a new object the name says enough here; the page and the comment show all of it.
      ...(mark === '+' ? [] : details.map((detail) => `      ${visible(detail)}`)),
    ]);
    return `${paint('bold', title)}\n${rows.join('\n')}\n\n`;
  });
  const head = `Compared ${compared}\n${sections.length > 0 ? `${radiusText(comparison)}\n\n` : ''}`;
  const summary = sections.length > 0 ? headline(comparison) : 'no difference';
  return `${head}${blocks.join('')}${summary} (${seconds.toFixed(1)} s)\n`;
}
