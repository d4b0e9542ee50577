import { describeResource, type Finding } from '../findings/finding.ts';
import type { Summary } from './report.ts';

/** Control, format (bidirectional, zero-width), lone surrogate and separator characters, and the two that XML forbids. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu;

/**
 * Makes every character visible that could drive a terminal, reorder text or hide in it: `\x1b`, `\u{202e}`.
 * Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n' || character === '\t') return character;
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** Visible text on one line. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim());
}

/** `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `9 targets, 642 objects: 2 errors, 1 warning in 1.2 s`. */
export function summaryLine({ targets, objects, errors, warnings, seconds }: Summary): string {
  const scope = `${count(targets, 'target')}, ${count(objects, 'object')}`;
  return `${scope}: ${count(errors, 'error')}, ${count(warnings, 'warning')} in ${seconds.toFixed(1)} s`;
}

/** `base/a.yaml:7:9`, as editors and terminals open it. */
export function locationOf({ source }: Finding): string {
  return `${source.file}:${source.line}:${source.column}`;
}

/** `DestinationRule ai-spm/ai-scanner at /spec/host`; empty for a finding about no resource. */
export function subjectOf({ resource, path }: Finding): string {
  if (!resource) return '';
  return `${describeResource(resource)}${path ? ` at ${path}` : ''}`;
}

/** Every target that shows the finding, first one first. */
export function targetsOf({ target, also }: Finding): string[] {
  return target === undefined ? [] : [target, ...also];
}

/** `in overlays/prod, also in clusters/a, clusters/b and 7 more`; empty for a finding of no target. */
export function occurrence(finding: Finding, limit: number): string {
  const [first, ...others] = targetsOf(finding);
  if (first === undefined) return '';
  if (others.length === 0) return `in ${first}`;
  const rest = others.length > limit ? ` and ${others.length - limit} more` : '';
  return `in ${first}, also in ${others.slice(0, limit).join(', ')}${rest}`;
}
