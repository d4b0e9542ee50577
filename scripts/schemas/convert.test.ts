import { describe, expect, it } from 'vitest';
import { convertSchema } from './convert.ts';

describe('a converted schema', () => {
  it('keeps field facts and drops prose', () => {
    const raw = {
      type: 'object',
      description: 'How the part behaves.',
      required: ['mode', 'size'],
      properties: {
        mode: { type: 'string', enum: ['A', 'B', null], description: 'The mode.', example: 'A' },
        size: { type: 'integer', format: 'int32', minimum: 0, default: 3 },
        tags: { type: 'object', additionalProperties: { type: 'string', nullable: true }, maxProperties: 4 },
        ports: { type: 'array', items: { $ref: '#/x/Port' }, 'x-kubernetes-list-type': 'atomic' },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        open: { type: 'object', additionalProperties: true },
      },
    };

    expect(convertSchema(raw, (ref) => ref.replace('#/x/', 'my.'))).toEqual({
      type: 'object',
      // The API server fills in the default of `size` before it looks.
      required: ['mode'],
      properties: {
        mode: { type: 'string', enum: ['A', 'B'] },
        size: { type: 'integer', format: 'int32', minimum: 0 },
        tags: { type: 'object', additionalProperties: { type: 'string', nullable: true }, maxProperties: 4 },
        ports: { type: 'array', items: { $ref: 'my.Port' } },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        open: { type: 'object', additionalProperties: { 'x-kubernetes-preserve-unknown-fields': true } },
      },
    });
  });

  it('has no branches for what the int-or-string keyword says', () => {
    const raw = {
      'x-kubernetes-int-or-string': true,
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      pattern: '^[0-9]+%?$',
    };

    expect(convertSchema(raw)).toEqual({ 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+%?$' });
  });
});

describe('relations between fields', () => {
  const required = (name: string) => ({ required: [name] });
  const none = { not: { anyOf: [required('a'), required('b')] } };

  it.each([
    ['oneOf with a branch for none', { oneOf: [none, required('a'), required('b')] }, { atMostOne: [['a', 'b']] }],
    ['oneOf of required fields', { oneOf: [required('a'), required('b')] }, { exactlyOne: [['a', 'b']] }],
    ['allOf of such', { allOf: [{ oneOf: [none, required('a'), required('b')] }] }, { atMostOne: [['a', 'b']] }],
    ['a union of a single field', { oneOf: [{ not: { anyOf: [required('a')] } }, required('a')] }, {}],
    ['a rule that counts', rules('(has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) <= 1'), { atMostOne: [['a', 'b']] }],
    ['a rule that compares', rules('has(self.a) != has(self.b)'), { exactlyOne: [['a', 'b']] }],
    ['a rule about updates', rules('self.a == oldSelf.a'), {}],
    ['another rule', rules('self.size()\n  == 0'), { 'x-kubernetes-validations': ['self.size() == 0'] }],
    [
      'a branch for none of others',
      { oneOf: [none, required('a'), required('c')] },
      { oneOf: [none, required('a'), required('c')] },
    ],
    ['any other branch', { oneOf: [required('a'), { minimum: 1 }] }, { oneOf: [required('a'), { minimum: 1 }] }],
    ['anyOf and not', { anyOf: [required('a')], not: required('b') }, { anyOf: [required('a')], not: required('b') }],
  ])('%s', (_, raw, expected) => {
    expect(convertSchema(raw)).toEqual(expected);
  });

  function rules(rule: string): Record<string, unknown> {
    return { 'x-kubernetes-validations': [{ rule, message: 'as said' }] };
  }
});
