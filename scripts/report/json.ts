import type { Finding } from '../findings/finding.ts';
import type { Report } from './report.ts';

/** Format `json`: the finding contract. Keys come in the order of the contract whatever the order in the values. */
export function renderJson({ findings, summary, seen }: Report): string {
  const { targets, objects, errors, warnings, seconds } = summary;
  return jsonText({
    findings: findings.map(inOrder),
    summary: { targets, objects, errors, warnings, seconds: rounded(seconds) },
    ...seen,
  });
}

function inOrder({
  code,
  slug,
  severity,
  target,
  also,
  resource,
  path,
  source,
  message,
  why,
  fix,
  docs,
}: Finding): object {
  return {
    code,
    slug,
    severity,
    target,
    also,
    resource: resource && {
      apiVersion: resource.apiVersion,
      kind: resource.kind,
      namespace: resource.namespace,
      name: resource.name,
    },
    path,
    source: { file: source.file, line: source.line, column: source.column, endColumn: source.endColumn },
    message,
    why,
    fix,
    docs,
  };
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** Indented JSON in which control and reordering characters are escaped, so that it is also safe to look at in a terminal. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  const escaped = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()].map((at) => unicodeEscape(character, at)).join(''),
  );
  return `${escaped}\n`;
}

function unicodeEscape(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
}
