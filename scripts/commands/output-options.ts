import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Finding } from '../findings/finding.ts';
import { FORMATS, type Format, renderReport } from '../report/render-report.ts';
import type { Report } from '../report/report.ts';
import { writeFileAtomic } from '../system/write-file.ts';

/** Options that every checking command has; the contract is in docs/findings.md. */
export interface OutputOptions {
  output: Format;
  outputFile?: string;
  failOn: 'error' | 'warning';
  quiet?: boolean;
  color: boolean;
}

export interface Shard {
  index: number;
  count: number;
}

export function withOutputOptions(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'how to print findings').choices([...FORMATS]).default('pretty'))
    .option('--output-file <path>', 'write the findings to a file instead of stdout')
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 from this severity on').choices(['error', 'warning']).default('error'),
    )
    .option('-q, --quiet', 'print nothing when there is nothing to report')
    .option('--no-color', 'no colours (also by NO_COLOR, or when stdout is no terminal)');
}

export function withShardOption(command: Command): Command {
  return command.option(
    '--shard <i/n>',
    'check only part i of n of the targets, for fleets larger than one machine',
    parseShard,
  );
}

function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index < 1 || index > count) throw new InvalidArgumentError('It is `i/n` with 1 <= i <= n, such as 2/4.');
  return { index, count };
}

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
  if (options.outputFile !== undefined) writeFileAtomic(options.outputFile, text);
  else if (!isSilent && text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return exitCode(report.findings, options.failOn);
}

export function exitCode(findings: readonly Finding[], failOn: 'error' | 'warning'): 0 | 1 {
  return findings.some(({ severity }) => severity === 'error' || failOn === 'warning') ? 1 : 0;
}

export function sourceReader(root: string): (file: string) => string | undefined {
  return (file) => {
    try {
      return readFileSync(resolve(root, file), 'utf8');
    } catch {
      return undefined;
    }
  };
}
