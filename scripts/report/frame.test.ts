import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameLine, frameReader } from './frame.ts';
import { frameText } from './frame-text.ts';
import { painter } from './paint.ts';
import { HOSTILE_SOURCE } from './testing/hostile.ts';
import { displayWidth } from './wrap.ts';

function frameOf(text: string, line: number, column: number, endColumn?: number, width = 60): readonly FrameLine[] {
  const position = { file: 'a.yaml', line, column, ...(endColumn === undefined ? {} : { endColumn }) };
  return frameReader(() => text)(position, width);
}

function drawn(...position: Parameters<typeof frameOf>): string {
  return frameText(frameOf(...position), 'error').join('\n');
}

describe('frame', () => {
  it('shows two lines around the span and underlines exactly the span', () => {
    expect(drawn('a: 1\nb: 2\nc: 3\nd: four\ne: 5\nf: 6\ng: 7\n', 4, 4, 8)).toMatchInlineSnapshot(`
      "  2 │ b: 2
        3 │ c: 3
      > 4 │ d: four
          │    ^^^^
        5 │ e: 5
        6 │ f: 6"
    `);
  });

  it('aligns numbers of different length and leaves out the end of the file', () => {
    expect(drawn(`${'x:\n'.repeat(9)}last: 1\n`, 10, 1, 5)).toMatchInlineSnapshot(`
      "   8 │ x:
         9 │ x:
      > 10 │ last: 1
           │ ^^^^"
    `);
  });

  it('puts carets under wide characters and visible escapes', () => {
    expect(drawn('名前: \u001b[2J値\n', 1, 5, 10)).toMatchInlineSnapshot(`
      "> 1 │ 名前: \\x1b[2J値
          │       ^^^^^^^^^"
    `);
  });

  it('shows tabs', () => {
    expect(drawn('a:\n\tb: 1\n', 2, 1, 2)).toContain('> 2 │ \\tb: 1\n    │ ^^');
  });

  it('points past the end of a line where a value is missing', () => {
    expect(drawn('host:\nport: 1\n', 1, 7)).toMatchInlineSnapshot(`
      "> 1 │ host:
          │       ^
        2 │ port: 1"
    `);
  });

  it('moves a long line so that the span is in view', () => {
    const [line] = frameOf(`${'a'.repeat(500)}HERE${'b'.repeat(500)}`, 1, 501, 505, 40);

    expect(line?.marked).toBe('HERE');
    expect(line?.before).toMatch(/^…a+$/);
    expect(line?.after).toMatch(/^b+…$/);
  });

  it('is empty where the file cannot be read or is shorter than the position says', () => {
    expect(frameReader(() => undefined)({ file: 'a', line: 1, column: 1 }, 80)).toEqual([]);
    expect(frameOf('a: 1\n', 99, 1)).toEqual([]);
  });

  it('hides the values of a Secret', () => {
    expect(drawn('kind: Secret\nstringData:\n  password: hunter2\n', 3, 13, 20)).toContain('> 3 │   password: *******');
  });

  it('reads each file once', () => {
    let reads = 0;
    const frames = frameReader(() => {
      reads++;
      return 'a: 1\n';
    });

    frames({ file: 'a.yaml', line: 1, column: 1 }, 80);
    frames({ file: 'a.yaml', line: 1, column: 4 }, 80);

    expect(reads).toBe(1);
  });

  it('keeps every line within the width, whatever it holds', () => {
    const lines = HOSTILE_SOURCE.split('\n').length;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: lines }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 20, max: 120 }),
        (line, column, endColumn, width) => {
          for (const { before, marked, after } of frameOf(HOSTILE_SOURCE, line, column, endColumn, width)) {
            expect(displayWidth(before + marked + after)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });

  it('has colours only when asked', () => {
    const lines = frameOf('a: 1\n', 1, 4, 5);

    expect(frameText(lines, 'error').join('')).not.toContain('\u001b');
    expect(frameText(lines, 'error', painter(true)).join('')).toContain('\u001b[31m1\u001b[0m');
  });
});
