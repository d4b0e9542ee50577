import { type Markup, markup } from '../markup.ts';
import { redact } from '../redact.ts';
import type { ReportObject } from '../report.ts';
import { count } from '../text.ts';

/** About 20 MB of page, what a browser still opens from disk at once. */
export const MAX_OBJECTS = 10_000;
const TARGETS_NAMED = 40;

/** Section `#objects`: every distinct rendered object once, with the targets that hold it. Empty when none were handed over. */
export function objectsSection(objects: readonly ReportObject[], targets: readonly string[]): Markup {
  if (objects.length === 0) return markup``;
  const shown = objects.slice(0, MAX_OBJECTS);
  const left = objects.length - shown.length;
  const indexes = new Map(targets.map((name, index) => [name, index]));
  return markup`<section id="objects" aria-labelledby="objects-heading">
<h2 id="objects-heading">Rendered objects</h2>
${searchBar(shown, targets)}<p role="status" aria-live="polite">${count(shown.length, 'distinct object')}</p>
<ul class="objects" role="list">
${shown.map((object, index) => item(object, index, indexes))}</ul>
${left > 0 ? markup`<p class="muted">${count(left, 'more object')} not listed here: this page holds ${MAX_OBJECTS}. <code>npm run render -- --out DIR</code> writes all.</p>\n` : ''}</section>
`;
}

/** Hidden until the script shows it, since only the script makes it work. */
function searchBar(objects: readonly ReportObject[], targets: readonly string[]): Markup {
  const kinds = distinct(objects.map(({ ref }) => ref.kind));
  const namespaces = distinct(objects.map(({ ref }) => ref.namespace ?? ''));
  return markup`<div role="search" aria-labelledby="objects-heading" hidden="">
<div><label for="search">Search</label><input id="search" type="search" autocomplete="off" spellcheck="false" /></div>
${choice('Kind', kinds, kinds)}
${choice(
  'Namespace',
  namespaces.map((name) => name || 'cluster-scoped'),
  namespaces.map(namespaceValue),
)}
${choice(
  'Target',
  targets,
  targets.map((_, index) => String(index)),
)}
</div>
`;
}

function choice(label: string, texts: readonly string[], values: readonly string[]): Markup {
  const options = texts.map((text, index) => markup`<option value="${values[index]}">${text}</option>`);
  const id = `filter-${label.toLowerCase()}`;
  return markup`<div><label for="${id}">${label}</label><select id="${id}"><option value="">All</option>${options}</select></div>`;
}

/** Never empty, which would mean all namespaces. */
function namespaceValue(namespace = ''): string {
  return `${namespace}/`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function item(
  { ref, origin, targets, yaml }: ReportObject,
  index: number,
  indexes: ReadonlyMap<string, number>,
): Markup {
  const all = targets.length === indexes.size;
  const name = ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name;
  const where = all
    ? `all ${count(indexes.size, 'target')}`
    : targets.length === 1
      ? (targets[0] ?? '')
      : count(targets.length, 'target');
  const known = all ? '*' : targets.map((target) => indexes.get(target) ?? '').join(' ');
  return markup`<li data-targets="${known}" data-namespace="${namespaceValue(ref.namespace)}" data-origin="${origin ?? ''}"><details><summary><span>${ref.kind}</span> <span class="name">${name}</span> <span>${where}</span></summary>
<div class="body" id="object-${index}"><dl class="facts">${origin === undefined ? '' : markup`<dt>Declared in</dt><dd><code>${origin}</code></dd>`}<dt>Targets</dt><dd>${nameList(targets)}</dd></dl>
<pre class="yaml">${redact(yaml)}</pre></div></details></li>
`;
}

function nameList(targets: readonly string[]): string | Markup {
  const named = targets.slice(0, TARGETS_NAMED).join(', ');
  const left = targets.length - TARGETS_NAMED;
  return left > 0 ? markup`${named} <span class="muted">and ${left} more</span>` : named;
}
