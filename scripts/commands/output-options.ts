import { type Command, InvalidArgumentError, Option } from 'commander';
import { FORMATS, type Format } from '../report/format.ts';

/** What `diff --output` takes. */
export const DIFF_FORMATS = ['pretty', 'json', 'markdown', 'html'] as const;

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
