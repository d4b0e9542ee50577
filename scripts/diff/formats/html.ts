import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Markup, markup } from '../../report/markup.ts';
import type { Comparison } from '../compare.ts';
import { type Context, headline, named, radiusText } from '../headline.ts';
import { type Line, type Section, sectionsOf } from '../sections.ts';

/** One file that needs nothing else, in the look of the check report. Its policy allows the one style and no script. */
export function htmlDiff(comparison: Comparison, { compared, seconds }: Context): string {
  const style = [asset('../../report/html/theme.css'), asset('diff.css')].join('\n');
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const sections = sectionsOf(comparison);
  const title = sections.length > 0 ? headline(comparison) : 'No difference';
  return `<!doctype html>
${markup`<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${policy}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<meta name="referrer" content="no-referrer" />
<title>${title} · ai-spm-mesh</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<p class="muted">ai-spm-mesh · what a change does</p>
<h1>${title}</h1>
<p>${sections.length > 0 ? radiusText(comparison) : ''}</p>
<p class="muted">Compared ${compared} in ${seconds.toFixed(1)} s. Nothing was applied.</p>
</header>
<main>
${sections.map(section)}</main>
</body>
</html>
`}`;
}

function section({ title, lines }: Section): Markup {
  return markup`<section>
<h2>${title}</h2>
<ul>
${lines.map((line) => markup`<li>${item(line)}</li>\n`)}</ul>
</section>
`;
}

function item(line: Line): Markup {
  const { mark, text, targets, details } = line;
  const where =
    targets.length > 0 ? markup` <span class="muted" title="${targets.join('\n')}">in ${named(targets)}</span>` : '';
  const head = markup`<code class="mark ${MARK_CLASS[mark]}">${mark}</code> ${text}${where}`;
  if (details.length === 0 && targets.length <= 3) return head;
  const all = targets.length > 3 ? markup`<p class="muted">${targets.join(', ')}</p>` : '';
  return markup`<details><summary>${head}</summary>${all}<pre>${details.map(diffLine)}</pre></details>`;
}

const MARK_CLASS = {
  '+': 'added',
  '-': 'removed',
  '~': 'changed',
  '!': 'removed',
  '?': 'removed',
  '=': 'muted',
} as const;

function diffLine(text: string): Markup {
  const kind = text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'same';
  return markup`<span class="${kind}">${text}</span>\n`;
}

function asset(name: string): string {
  return readFileSync(join(__dirname, name), 'utf8');
}
