import type { Finding } from '../findings/finding.ts';
import type { Report } from './report.ts';
import { occurrence, oneLine, subjectOf } from './text.ts';

const TARGETS_NAMED = 5;

/** Format `github`: workflow commands, which GitHub Actions shows as annotations on the changed lines. Empty when clean. */
export function renderGithub({ findings }: Report): string {
  return findings.map((finding) => `${command(finding)}\n`).join('');
}

function command(finding: Finding): string {
  const { code, slug, severity, source, message, why, fix } = finding;
  const properties = Object.entries({
    file: oneLine(source.file),
    line: source.line,
    col: source.column,
    ...(source.endColumn === undefined ? {} : { endColumn: source.endColumn }),
    title: oneLine(`${code} ${slug}`),
  }).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const about = [subjectOf(finding), occurrence(finding, TARGETS_NAMED)].filter(Boolean).join(' ');
  const text = [message, about, `Why: ${why}`, `Fix: ${fix}`].map(oneLine).filter(Boolean).join('\n');
  return `::${severity} ${properties.join(',')}::${escapeData(text)}`;
}

/** The runner decodes exactly these; `%` goes first so that an escape in the text stays text. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
