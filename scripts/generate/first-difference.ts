import { isGenerated } from './generated-file.ts';

export interface Difference {
  /** Line of the file on disk, counting from 1: the last one where the file ends too early. */
  line: number;
  message: string;
}

/** Where a generated file leaves what it should say. The header has a checksum of the rest, so it is compared last. */
export function firstDifference(actual: string, expected: string): Difference {
  if (actual.replaceAll('\r\n', '\n') === expected)
    return { line: 1, message: 'the file has Windows line ends (CRLF), expected LF' };
  const [found, wanted] = [lines(actual), lines(expected)];
  const start = isGenerated(actual) && isGenerated(expected) ? 1 : 0;
  const length = Math.max(found.length, wanted.length);
  const body = Array.from({ length: length - start }, (_, index) => index + start);
  const at = body.find((index) => found[index] !== wanted[index]) ?? 0;
  const line = Math.min(at + 1, Math.max(found.length, 1));
  return { line, message: `expected ${text(wanted[at])}, found ${text(found[at])}` };
}

/** Lines without the empty one after the last line end, which is only told of where it is what differs. */
function lines(content: string): string[] {
  const all = content.split('\n');
  return all.at(-1) === '' ? all.slice(0, -1) : [...all.slice(0, -1), `${all.at(-1)} (no line end)`];
}

function text(line: string | undefined): string {
  return line === undefined ? 'the end of the file' : `\`${line}\``;
}
