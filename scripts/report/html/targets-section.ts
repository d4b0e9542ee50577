import { type Markup, markup } from '../markup.ts';
import type { TargetTally } from '../tally.ts';
import { count } from '../text.ts';

/** Beyond, targets without findings are folded away: sooner where there are findings to lead to. */
const MAX_CLEAN_SHOWN = { beside: 3, alone: 15 };

/** Section `#targets`: what was checked, and where the findings are. */
export function targetsSection(rows: readonly TargetTally[]): Markup {
  const clean = rows.filter((row) => row.findings.length === 0);
  const folds = clean.length > (clean.length < rows.length ? MAX_CLEAN_SHOWN.beside : MAX_CLEAN_SHOWN.alone);
  const shown = folds ? rows.filter((row) => row.findings.length > 0) : rows;
  const fold = markup`<details class="more"><summary>${count(clean.length, 'target')} without findings</summary>
${table(clean, 'Targets without findings')}</details>
`;
  return markup`<section id="targets" aria-labelledby="targets-heading">
<h2 id="targets-heading">Targets</h2>
${shown.length > 0 ? table(shown, 'Objects and findings per target') : ''}${folds ? fold : ''}</section>
`;
}

function table(rows: readonly TargetTally[], caption: string): Markup {
  return markup`<table>
<caption class="visually-hidden">${caption}</caption>
<thead><tr><th scope="col">Target</th><th scope="col">Objects</th><th scope="col">Errors</th><th scope="col">Warnings</th><th scope="col" class="time">Time</th></tr></thead>
<tbody>
${rows.map(tableRow)}</tbody>
</table>
`;
}

function tableRow({ name, objects, errors, warnings, cached, seconds }: TargetTally): Markup {
  const time = cached ? 'cached' : `${seconds.toFixed(2)} s`;
  return markup`<tr><th scope="row">${name}</th><td>${objects ?? ''}</td>${numberCell(errors, 'error')}${numberCell(warnings, 'warning')}<td class="time none">${objects === undefined ? '' : time}</td></tr>
`;
}

function numberCell(number: number, kind: string): Markup {
  return markup`<td class="${number > 0 ? kind : 'none'}">${number}</td>`;
}
