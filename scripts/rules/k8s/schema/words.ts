import { nearest } from '../../../resources/nearest.ts';
import type { FieldAdvice } from './advice.ts';
import type { NodeType } from './node.ts';
import type { Violation } from './walk.ts';

type Kind<K extends Violation['kind']> = Extract<Violation, { kind: K }>;

const LONGEST_VALUE = 60;

const TYPES: Readonly<Record<NodeType, string>> = {
  object: 'an object (`name: value` lines)',
  array: 'a list (`- ` entries)',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  'int-or-string': 'an integer or a string',
  quantity: 'a quantity such as 500m, 2 or 1.5Gi',
  any: 'anything',
};

/** Shows a value, or no more than its type where it may be a secret. */
export type ShowValue = (value: unknown) => string;

export function showValue(value: unknown): string {
  if (typeof value === 'object' || value === undefined) return showType(value);
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  const short = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
  return typeof value === 'boolean' ? short : `the ${typeof value} ${short}`;
}

export function showType(value: unknown): string {
  if (value === null || value === undefined) return 'null (nothing after the key or dash)';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}

export function describeType({ type, value }: Kind<'type'>, show: ShowValue): FieldAdvice {
  const fix = typeFix(type, value, show);
  return { message: `expected ${TYPES[type]}, found ${show(value)}`, ...(fix ? { fix } : {}) };
}

function typeFix(type: NodeType, value: unknown, show: ShowValue): string | undefined {
  const shown = show === showValue ? String(value) : 'the value';
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  if (type === 'string' && isScalar) return show === showValue ? `Quote it: "${shown}".` : 'Put the value in quotes.';
  const isNumber = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
  if ((type === 'integer' || type === 'number') && isNumber) return `Remove the quotes: ${shown}.`;
  if (type === 'boolean' && (value === 'true' || value === 'false')) return `Remove the quotes: ${shown}.`;
  if (type === 'array' && value !== null) return 'Write it as a list entry: `- ` in front of it.';
  if (type === 'object' && Array.isArray(value)) return 'Remove the `- `: this field is no list.';
  return value === null ? 'Remove the empty entry, or write what belongs there.' : undefined;
}

export function describeValue({ expected, allowed, value }: Kind<'value'>, show: ShowValue): FieldAdvice {
  const message = `expected ${expected}, found ${show(value)}`;
  const meant = typeof value === 'string' && allowed ? nearest(value, allowed) : undefined;
  return { message, ...(meant ? { fix: `Write \`${meant}\`.` } : {}) };
}

export function describeKey({ key, expected }: Kind<'key'>): FieldAdvice {
  return { message: `expected a key of ${expected}, found ${JSON.stringify(key)}` };
}

export function describeMissing({ field, isNull }: Kind<'missing'>): FieldAdvice {
  if (isNull) return { message: `required field \`${field}\` is null, which counts as not set` };
  return { message: `required field \`${field}\` is missing`, fix: `Add \`${field}\`.` };
}

export function describeMissingChoice({ fields }: Kind<'missing-choice'>): FieldAdvice {
  return { message: `one of ${list(fields, 'or')} is required, and none is set` };
}

export function describeConflict({ set, fields }: Kind<'conflict'>): FieldAdvice {
  return {
    message: `only one of ${list(fields, 'and')} may be set, found ${list(set, 'and')}`,
    fix: `Keep one of ${list(set, 'and')}.`,
  };
}

function list(names: readonly string[], word: string): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${word} ${quoted.at(-1)}`;
}
