import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpansionError } from '../expansion-error.ts';
import { renderGoTemplate } from './go-template.ts';
import { mapOf } from './value.ts';

const STRICT = ['missingkey=error'];
const render = (text: string, data: Record<string, unknown> = {}) => renderGoTemplate(text, mapOf(data), STRICT);

function refusalOf(text: string, data: Record<string, unknown> = {}): string {
  try {
    return `rendered ${render(text, data)}`;
  } catch (error) {
    if (error instanceof ExpansionError) return error.refusal;
    throw error;
  }
}

describe('a Go template', () => {
  it('prints numbers of files as Go prints floats', () => {
    expect(render('{{.a}} {{.b}} {{.c}} {{ int .a }}', { a: 2500000, b: 0.00001, c: 8443 })).toBe(
      '2.5e+06 1e-05 8443 2500000',
    );
  });

  it('trims white space where it is told to', () => {
    expect(render('a \n {{- " b " -}} \n c {{/* gone */ -}}  d')).toBe('a b c d');
  });

  it.each([
    [
      'a loop in a loop in a loop',
      '{{ range until 9999 }}{{ range until 9999 }}{{ range until 9999 }}x{{ end }}{{ end }}{{ end }}',
    ],
    ['a template that calls itself', '{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}'],
    ['a text without end', '{{ repeat 9999999999 "x" }}'],
    ['parentheses without end', `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`],
    ['blocks without end', '{{ if true }}'.repeat(5000) + '{{ end }}'.repeat(5000)],
    ['a template of a megabyte', 'x{{ 1 }}'.repeat(200_000)],
    ['a list without end', '{{ until 999999999 }}'],
    ['a random value', '{{ randAlpha 5 }}'],
    ['the time', '{{ now }}'],
    ['keys in a random order', '{{ keys . }}'],
  ])('is not followed into %s', (_, text) => {
    expect(refusalOf(text, { a: 1, b: 2 })).toBe('unsupported');
  });

  it('does not reach what JavaScript gives every object', () => {
    expect(refusalOf('{{ .constructor }}')).toBe('missing-key');
    expect(refusalOf('{{ constructor }}')).toBe('refused');
    expect(render('{{ .__proto__ }}', JSON.parse('{"__proto__": "own"}') as Record<string, unknown>)).toBe('own');
  });

  it('ends in a text or a refusal, whatever it says', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      ' -}}',
      ' ',
      '.a',
      '.',
      '$',
      '$x',
      ':=',
      '=',
      '|',
      '(',
      ')',
      '"',
      '`',
      'if',
      'range',
      'else',
      'end',
      'with',
      'define',
      'template',
      'block',
      'break',
      'nil',
      '1',
      '-1.5',
      'len',
      'index',
      'list',
      'dict',
      'printf',
      '%d',
      '/*',
      '*/',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const text = `{{ ${pieces.join(' ')} }}`;
        expect(typeof refusalOf(text, { a: ['x', { b: 1 }] })).toBe('string');
      }),
      { numRuns: 3000 },
    );
  });
});
