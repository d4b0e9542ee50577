import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../findings/finding.ts';
import { renderReport } from '../report/render-report.ts';
import type { Report } from '../report/report.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import type { OutputOptions } from './output-options.ts';

/** Prints a report as asked. Returns the exit code: 1 when there are findings of the severity that counts. */
export function deliver(report: Report, root: string, options: OutputOptions): 0 | 1 {
  const isTerminal = process.stdout.isTTY === true && options.outputFile === undefined;
  const text = renderReport(options.output, report, {
    color: options.color && isTerminal && process.env['NO_COLOR'] === undefined,
    width: isTerminal ? Math.min(process.stdout.columns, 160) : 120,
    readSource: sourceReader(root),
    failOn: options.failOn,
  });
  const isSilent = options.quiet && report.findings.length === 0 && options.output === 'pretty';
  if (options.outputFile !== undefined) writeFileAtomic(resolve(callerFolder(), options.outputFile), text);
  else if (!isSilent && text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return exitCode(report.findings, options.failOn);
}

export function exitCode(findings: readonly Finding[], failOn: 'error' | 'warning'): 0 | 1 {
  return findings.some(({ severity }) => severity === 'error' || failOn === 'warning') ? 1 : 0;
}

export function sourceReader(root: string): (file: string) => string | undefined {
  return (file) => {
    try {
      const path = resolve(root, file);
      // A pipe gives its text once, and would be waited for in vain.
      return statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
    } catch {
      return undefined;
    }
  };
}
