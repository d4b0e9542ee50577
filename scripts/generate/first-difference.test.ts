import { describe, expect, it } from 'vitest';
import { firstDifference } from './first-difference.ts';
import { withHeader } from './generated-file.ts';

const file = (body: string) => withHeader('clusters/a/cluster.yaml', body);

describe('firstDifference', () => {
  it.each([
    ['a value', file('a: 1\nb: 2\n'), file('a: 1\nb: 3\n'), 3, 'expected `b: 3`, found `b: 2`'],
    ['a line too many', file('a: 1\nb: 2\n'), file('a: 1\n'), 3, 'expected the end of the file, found `b: 2`'],
    ['a line too few', file('a: 1\n'), file('a: 1\nb: 2\n'), 2, 'expected `b: 2`, found the end of the file'],
    ['an indentation', file('a:\n b: 1\n'), file('a:\n  b: 1\n'), 3, 'expected `  b: 1`, found ` b: 1`'],
    ['no line end', 'a: 1', 'a: 1\n', 1, 'expected `a: 1`, found `a: 1 (no line end)`'],
    ['line ends', file('a: 1\n').replaceAll('\n', '\r\n'), file('a: 1\n'), 1, 'Windows line ends (CRLF), expected LF'],
    ['the first line', '{}\n', '[]\n', 1, 'expected `[]`, found `{}`'],
    ['an empty file', '', '[]\n', 1, 'expected `[]`, found the end of the file'],
  ])('finds %s', (_, actual, expected, line, message) => {
    const found = firstDifference(actual, expected);
    expect(found.line).toBe(line);
    expect(found.message).toContain(message);
  });

  it('points to the header where only the header differs', () => {
    const other = withHeader('clusters/b/cluster.yaml', 'a: 1\n');
    expect(firstDifference(file('a: 1\n'), other)).toMatchObject({ line: 1 });
  });
});
