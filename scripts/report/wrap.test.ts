import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, displayWidth, wrap } from './wrap.ts';

describe('displayWidth', () => {
  it.each([
    ['plain', 5],
    ['中文', 4],
    ['🙂', 2],
    ['e\u0301', 1],
  ])('%s takes %d columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('wrap', () => {
  it('breaks at spaces', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  });

  it('breaks a word that is longer than the line', () => {
    expect(wrap('a 0123456789 b', 4)).toEqual(['a', '0123', '4567', '89 b']);
  });

  it('never exceeds the width and loses nothing but white space', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = wrap(text, width);

        expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
        expect(lines.join('').replaceAll(' ', '').length).toBeGreaterThanOrEqual(text.replace(/\s/g, '').length);
      }),
    );
  });
});

describe('clip', () => {
  it('leaves text that fits', () => {
    expect(clip('12345', 5)).toBe('12345');
  });

  it('says that it cut', () => {
    expect(clip('123456', 5)).toBe('1234…');
    expect(clip('中文字', 5)).toBe('中文…');
  });
});
