import type { Finding } from '../../findings/finding.ts';
import type { FrameLine, FrameReader } from '../frame.ts';
import { type Markup, markup } from '../markup.ts';
import { count, locationOf, subjectOf, targetsOf } from '../text.ts';

/** Up to here every finding stands open; beyond, the list is for scanning. */
const MAX_OPEN = 20;
/** Beyond, a page no longer helps a reader, and the browser suffers. */
const MAX_SHOWN = 1000;
const TARGETS_NAMED = 12;
/** Columns of a frame line; the page wraps what is wider than the window. */
const FRAME_WIDTH = 240;

/** Section `#findings`; `anchorOf` gives the id of the rendered object that a finding is about. */
export function findingsSection(
  findings: readonly Finding[],
  frames: FrameReader,
  anchorOf: (finding: Finding) => string | undefined,
): Markup {
  const shown = findings.slice(0, MAX_SHOWN);
  const left = findings.length - shown.length;
  return markup`<section id="findings" aria-labelledby="findings-heading">
<h2 id="findings-heading">Findings</h2>
${findings.length === 0 ? markup`<p class="muted">Every rule passed on every target.</p>\n` : ''}${shown.map(
  (finding) => article(finding, frames(finding.source, FRAME_WIDTH), anchorOf(finding), findings.length <= MAX_OPEN),
)}${left > 0 ? markup`<p class="muted">${count(left, 'more finding')} not shown here; <code>--output json</code> has all ${findings.length}.</p>\n` : ''}</section>
`;
}

function article(finding: Finding, frame: readonly FrameLine[], anchor: string | undefined, open: boolean): Markup {
  const { severity, code, slug, message, why, fix, docs } = finding;
  const subject = subjectOf(finding);
  const resource = anchor ? markup`<a href="#${anchor}">${subject}</a>` : subject;
  return markup`<details class="finding"${open ? markup` open=""` : ''}>
<summary><h3><span class="severity ${severity}">${severity}</span>${prose(message)}</h3>
<span class="place"><code>${locationOf(finding)}</code> <span>${code} ${slug}</span></span></summary>
<div class="body">
${frame.length > 0 ? frameBlock(frame, severity) : ''}<dl class="facts">
${fact('Why', prose(why))}${fact('Fix', prose(fix))}${subject === '' ? '' : fact('Resource', resource)}${fact('Targets', places(finding))}${fact(
  'More',
  markup`<code>npm run explain -- ${code}</code> or <code>${docs}</code>`,
)}</dl>
</div>
</details>
`;
}

function fact(term: string, description: string | Markup): Markup {
  return description === '' ? markup`` : markup`<dt>${term}</dt><dd>${description}</dd>\n`;
}

function places(finding: Finding): string | Markup {
  const targets = targetsOf(finding);
  const named = targets.slice(0, TARGETS_NAMED).join(', ');
  if (targets.length <= TARGETS_NAMED) return named;
  const rest = targets.slice(TARGETS_NAMED);
  return markup`${named}<details class="more"><summary>${rest.length} more</summary>${rest.join(', ')}</details>`;
}

function frameBlock(frame: readonly FrameLine[], severity: string): Markup {
  const lines = frame.map(({ number, before, marked, after }) =>
    marked === ''
      ? markup`<span data-line="${number}"><code>${before}</code></span>`
      : markup`<span data-line="${number}" class="hit ${severity}"><code>${before}<mark>${marked}</mark>${after}</code></span>`,
  );
  return markup`<pre class="frame">${lines}</pre>\n`;
}

/** Text in backticks is set as code. */
function prose(text: string): Markup {
  return markup`${text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? markup`<code>${part}</code>` : part))}`;
}
