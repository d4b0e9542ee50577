import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, ResourceRef } from '../findings/finding.ts';
import { frameReader } from './frame.ts';
import { findingsSection } from './html/findings-section.ts';
import { MAX_OBJECTS, objectsSection } from './html/objects-section.ts';
import { targetsSection } from './html/targets-section.ts';
import { Markup, markup } from './markup.ts';
import type { Report, ReportObject, ReportOptions, Summary } from './report.ts';
import { tallyTargets } from './tally.ts';
import { count } from './text.ts';

const STYLES = ['theme.css', 'verdict.css', 'findings.css', 'objects.css'];

/**
 * Format `html`: one file that needs nothing else. Its policy allows exactly the one style and the one script of this repository, so
 * that even markup that slipped through escaping could neither run nor load anything.
 */
export function renderHtml(report: Report, { readSource }: ReportOptions): string {
  const style = STYLES.map(asset).join('\n');
  const script = asset('page.js');
  const policy = `default-src 'none'; style-src '${hash(style)}'; script-src '${hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const { summary, tool, findings, targets } = report;
  const objects = inOrder(report.objects);
  const verdict = verdictText(summary);
  return `<!doctype html>
${markup`<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${policy}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<meta name="referrer" content="no-referrer" />
<title>${verdict} · ai-spm-mesh</title>
<link rel="icon" href="${icon(summary)}" />
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<p class="product">ai-spm-mesh · check report</p>
${heading(summary)}
<p class="scope">${count(summary.objects, 'object')} in ${count(summary.targets, 'target')}, checked in ${summary.seconds.toFixed(1)} s</p>
<nav aria-label="Sections"><ul>
<li><a href="#findings">Findings</a></li>
<li><a href="#targets">Targets</a></li>
${objects.length > 0 ? markup`<li><a href="#objects">Rendered objects</a></li>\n` : ''}</ul></nav>
</header>
<main>
${findingsSection(findings, frameReader(readSource), objectAnchors(objects))}${targetsSection(tallyTargets(report))}${objectsSection(
  objects,
  targets.map(({ name }) => name),
)}</main>
<footer><p>${[`ai-spm-mesh ${tool.version}`, tool.kustomize && `kustomize ${tool.kustomize}`, count(report.codes.length, 'check')].filter(Boolean).join(' · ')}</p></footer>
<script>${new Markup(script)}</script>
</body>
</html>
`}`;
}

function verdictText({ errors, warnings }: Summary): string {
  const parts = [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : ''].filter(
    Boolean,
  );
  return parts.join(', ') || 'No problems found';
}

function heading({ errors, warnings }: Summary): Markup {
  if (errors + warnings === 0) return markup`<h1 class="ok">No problems found</h1>`;
  const parts = [
    errors > 0 ? markup`<span class="error">${count(errors, 'error')}</span>` : undefined,
    warnings > 0 ? markup`<span class="warning">${count(warnings, 'warning')}</span>` : undefined,
  ].filter((part) => part !== undefined);
  return markup`<h1>${parts[0]}${parts[1] ? markup`, ${parts[1]}` : ''}</h1>`;
}

/** By kind and name, so that a reader finds by eye what the search would find. */
function inOrder(objects: readonly ReportObject[]): ReportObject[] {
  const keyed = objects.map((object) => ({
    object,
    key: [object.ref.kind, object.ref.namespace, object.ref.name].join('\0'),
  }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ object }) => object);
}

/** A dot in the colour of the verdict: tells browser tabs apart. */
function icon({ errors, warnings }: Summary): string {
  const colour = errors > 0 ? 'c0392b' : warnings > 0 ? 'c98a1b' : '2e8b57';
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='6' fill='%23${colour}'/%3E%3C/svg%3E`;
}

/** Finds the rendered object of a finding: the one of its resource in its target. */
function objectAnchors(objects: readonly ReportObject[]): (finding: Finding) => string | undefined {
  const byRef = new Map<string, { targets: readonly string[]; id: string }[]>();
  for (const [index, { ref, targets }] of objects.slice(0, MAX_OBJECTS).entries()) {
    const same = byRef.get(refKey(ref)) ?? [];
    byRef.set(refKey(ref), same);
    same.push({ targets, id: `object-${index}` });
  }
  return ({ resource, target }) =>
    resource &&
    byRef.get(refKey(resource))?.find(({ targets }) => target === undefined || targets.includes(target))?.id;
}

function refKey({ apiVersion, kind, namespace, name }: ResourceRef): string {
  return JSON.stringify([apiVersion, kind, namespace, name]);
}

function asset(name: string): string {
  return readFileSync(join(__dirname, 'html', name), 'utf8');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
