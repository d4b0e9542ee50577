import { describe, expect, it } from 'vitest';
import { toPointer } from '../../../resources/kube-object.ts';
import type { FieldSchema } from '../../../schemas/field-schema.ts';
import { createNodes } from './node.ts';
import { walk } from './walk.ts';

function violations(schema: FieldSchema, value: unknown, more: Record<string, FieldSchema> = {}): string[] {
  const nodeOf = createNodes(new Map([['test', { sources: [], kinds: {}, definitions: { ...more, Root: schema } }]]));
  const found: string[] = [];
  walk(nodeOf('test', 'Root'), value, [], ({ kind, path }) => found.push(`${kind} ${toPointer(path)}`));
  return found;
}

const required = (name: string): FieldSchema => ({ required: [name] });

describe('walk', () => {
  it('takes a null as a value only where the schema says so', () => {
    const list = (items: FieldSchema) => violations({ type: 'array', items }, [null, 'a']);

    expect(list({ type: 'string' })).toEqual(['type /0']);
    expect(list({ type: 'string', nullable: true })).toEqual([]);
    expect(violations({ type: 'object', additionalProperties: { type: 'string' } }, { a: null })).toEqual([]);
  });

  it('follows definitions that contain themselves', () => {
    const tree: FieldSchema = { type: 'object', properties: { next: { $ref: 'Tree' }, size: { type: 'integer' } } };

    expect(violations({ $ref: 'Tree' }, { next: { next: { size: 'x', more: 1 } } }, { Tree: tree })).toEqual([
      'type /next/next/size',
      'unknown /next/next/more',
    ]);
  });

  it('says which definition a file lacks', () => {
    expect(() => violations({ $ref: 'Nowhere' }, {})).toThrow('schemas/test.json has no definition Nowhere');
  });

  it('leaves an object with unknown fields open where the schema says so, and checks the known ones', () => {
    const open: FieldSchema = {
      type: 'object',
      properties: { a: { type: 'integer' } },
      'x-kubernetes-preserve-unknown-fields': true,
    };

    expect(violations(open, { a: 'x', b: 1 })).toEqual(['type /a']);
    expect(violations({ type: 'object' }, { b: 1 })).toEqual(['unknown /b']);
    expect(violations({}, { b: 1 })).toEqual([]);
  });

  it('wants exactly one field of a union that needs one', () => {
    const union: FieldSchema = { type: 'object', properties: { a: {}, b: {} }, exactlyOne: [['a', 'b']] };

    expect(violations(union, { a: 1 })).toEqual([]);
    expect(violations(union, { a: null })).toEqual(['missing-choice ']);
    expect(violations(union, { a: 1, b: 2 })).toEqual(['conflict /b']);
  });

  it.each<[string, FieldSchema, unknown, string[]]>([
    ['anyOf: one', { anyOf: [required('a'), required('b')] }, { a: 1, b: 1 }, []],
    ['anyOf: none', { anyOf: [required('a'), required('b')] }, { c: 1 }, ['value ']],
    ['oneOf: one', { oneOf: [{ minimum: 10 }, { maximum: 5 }] }, 3, []],
    ['oneOf: none', { oneOf: [{ minimum: 10 }, { maximum: 5 }] }, 7, ['value ']],
    ['oneOf: two', { oneOf: [{ minimum: 1 }, { maximum: 5 }] }, 3, ['value ']],
    ['not: fits', { not: { pattern: '^a' } }, 'abc', ['value ']],
    ['not: does not', { not: { pattern: '^a' } }, 'xbc', []],
    ['allOf: each counts', { allOf: [{ minLength: 2 }, { pattern: '^a' }] }, 'x', ['value ', 'value ']],
    [
      'a branch is no list of fields',
      { anyOf: [{ properties: { a: { enum: [1] } }, required: ['a'] }] },
      { a: 1, b: 2 },
      [],
    ],
    [
      'a branch looks into fields',
      { anyOf: [{ properties: { a: { enum: [1] } }, required: ['a'] }] },
      { a: 2 },
      ['value '],
    ],
  ])('%s', (_, schema, value, expected) => {
    expect(violations({ 'x-kubernetes-preserve-unknown-fields': true, ...schema }, value)).toEqual(expected);
  });

  it.each<[string, FieldSchema, unknown[], unknown[]]>([
    ['length in code points', { type: 'string', minLength: 1, maxLength: 2 }, ['a', '\u{1F600}\u{1F600}'], ['', 'abc']],
    ['entries', { type: 'array', minItems: 1, maxItems: 2 }, [[1], [1, 2]], [[], [1, 2, 3]]],
    ['keys', { type: 'object', maxProperties: 1, additionalProperties: {} }, [{}, { a: 1 }], [{ a: 1, b: 1 }]],
    ['an inclusive range', { type: 'number', minimum: 0, maximum: 100 }, [0, 0.5, 100], [-0.1, 100.1]],
    ['an exclusive range', { minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true }, [0.5], [0, 1]],
    ['integers or strings', { 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+%$' }, [3, '3%'], ['3', 3.5, true]],
    ['a pattern that only Go can read', { type: 'string', pattern: '(?i)^a$' }, ['A', 'b'], []],
    ['an unknown rule', { type: 'string', 'x-kubernetes-validations': ['self.isFine()'] }, ['a'], []],
  ])('%s', (_, schema, good, bad) => {
    for (const value of good) expect([value, violations(schema, value)]).toEqual([value, []]);
    for (const value of bad) expect([value, violations(schema, value).length]).toEqual([value, 1]);
  });
});
