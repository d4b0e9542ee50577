import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_FILE_BYTES, parseYaml, plainValue, positionAt } from './yaml-file.ts';

function problemsOf(text: string) {
  const file = parseYaml('a.yaml', text);
  return file.problems.map(({ kind, range }) => ({ kind, ...positionAt(file, range) }));
}

describe('parseYaml', () => {
  it('reports a duplicate key at its second place', () => {
    expect(problemsOf('a: 1\nb:\n  c: 1\n  c: 2\n')).toMatchObject([{ kind: 'duplicate-key', line: 4, column: 3 }]);
  });

  it('keeps equal keys of different maps apart', () => {
    expect(problemsOf('a: {x: 1}\nb: {x: 1}\n---\na: {x: 1}\n')).toEqual([]);
  });

  it('reports a tab as indentation', () => {
    expect(problemsOf('a:\n\tb: 1\n')[0]).toMatchObject({ kind: 'syntax', line: 2 });
  });

  it('counts lines alike with CRLF', () => {
    expect(problemsOf('a: 1\r\nb: 2\r\nb: 3\r\n')).toMatchObject([{ kind: 'duplicate-key', line: 3, column: 1 }]);
  });

  it('refuses aliases that expand without measure, and accepts honest ones', () => {
    const bomb = `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [${Array(10).fill('*a')}]\nc: &c [${Array(10).fill('*b')}]\nd: [${Array(10).fill('*c')}]\n`;
    expect(problemsOf(bomb)).toMatchObject([{ kind: 'hostile', line: 2, column: 8 }]);
    expect(problemsOf('a: &a {x: 1}\nb: *a\nc: *a\n')).toEqual([]);
  });

  it('refuses a value that contains itself', () => {
    expect(problemsOf('a: &a {b: [*a]}\n')).toMatchObject([{ kind: 'hostile', line: 1 }]);
  });

  it('reports an alias without an anchor', () => {
    expect(problemsOf('a: 1\nb: *nowhere\n')).toMatchObject([{ kind: 'syntax', line: 2, column: 4 }]);
  });

  it('reports a `<<` that merges what is no map, and accepts one that does', () => {
    expect(problemsOf('a: 1\nb:\n  <<: 7\n')).toMatchObject([{ kind: 'syntax', line: 3, column: 3 }]);
    expect(problemsOf('a: &a {x: 1}\nb:\n  <<: [*a, 7]\n')).toMatchObject([{ kind: 'syntax', line: 3 }]);
    expect(problemsOf('a: &a {x: 1}\nb:\n  <<: *a\nc: "<<"\n')).toEqual([]);
  });

  it('refuses files that are too large or nested too deeply', () => {
    expect(problemsOf(`a: ${'x'.repeat(MAX_FILE_BYTES)}`)).toMatchObject([{ kind: 'hostile', line: 1, column: 1 }]);
    expect(problemsOf('['.repeat(100_000))).toMatchObject([{ kind: 'hostile' }]);
    expect(problemsOf(`a: 1\n${'- '.repeat(5000)}1\n`)).toMatchObject([{ kind: 'hostile', line: 2 }]);
    const stairs = Array.from({ length: 500 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
    expect(problemsOf(stairs)).toMatchObject([{ kind: 'hostile' }]);
  });

  it('accepts what only looks deep', () => {
    const wide = Array.from({ length: 2000 }, (_, index) => `- {a: [${index}]}`).join('\n');
    expect(problemsOf(wide)).toEqual([]);
    expect(problemsOf(`text: |\n${' '.repeat(400)}far to the right\n`)).toEqual([]);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'a:-[]{}&*!|>\n\t "\'#%@`,?0~<', '<<: ', '&a ', '*a', '\n  ') }),
        (text) => {
          for (const document of parseYaml('a.yaml', text).documents) plainValue(document);
          for (const position of problemsOf(text)) {
            expect(position.line).toBeGreaterThan(0);
            expect(position.column).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
