import type { Format } from './format.ts';
import { renderGithub } from './github.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderPretty } from './pretty.ts';
import { redactShapes } from './redact-shapes.ts';
import type { Report, Reporter, ReportOptions } from './report.ts';
import { renderSarif } from './sarif.ts';

const REPORTERS: Readonly<Record<Format, Reporter>> = {
  pretty: renderPretty,
  json: renderJson,
  sarif: renderSarif,
  github: renderGithub,
  junit: renderJunit,
  markdown: renderMarkdown,
  html: renderHtml,
};

/**
 * Text of the report in one format (docs/findings.md), without the secrets that a message or fix quotes. Pure but for
 * `readSource`.
 */
export function renderReport(format: Format, report: Report, options: ReportOptions): string {
  const findings = report.findings.map((finding) => ({
    ...finding,
    message: redactShapes(finding.message),
    fix: redactShapes(finding.fix),
  }));
  return REPORTERS[format]({ ...report, findings }, options);
}
