import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers } from './pattern.ts';

describe('covers', () => {
  it.each([
    ['*', '/health', true],
    ['*', '*', true],
    ['/health', '/health', true],
    ['/health', '/healthz', false],
    ['/scan/*', '/scan/model', true],
    ['/scan/*', '/scan/', true],
    ['/scan/*', '/scan', false],
    ['/scan/*', '/scan/a/*', true],
    ['/scan/a/*', '/scan/*', false],
    ['/scan/*', '*', false],
    ['*/health', '/a/health', true],
    ['*/health', '*/a/health', true],
    ['*/a/health', '*/health', false],
    ['*/health', '/health*', false],
    ['/a*', '*a', false],
    ['/scan', '/scan*', false],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(covers(outer, inner)).toBe(expected);
  });

  it('never says yes where a text matches the inner pattern alone', () => {
    const word = fc.stringMatching(/^[ab]{0,3}$/);
    const pattern = fc.oneof(
      fc.constant('*'),
      word.filter(Boolean),
      word.map((text) => `${text}*`),
      word.map((text) => `*${text}`),
    );
    const matches = (one: string, text: string) =>
      one.startsWith('*')
        ? text.endsWith(one.slice(1))
        : one.endsWith('*')
          ? text.startsWith(one.slice(0, -1))
          : one === text;
    fc.assert(
      fc.property(pattern, pattern, fc.stringMatching(/^[ab]{1,8}$/), (outer, inner, text) => {
        expect(!covers(outer, inner) || !matches(inner, text) || matches(outer, text)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
