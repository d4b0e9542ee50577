import { refused, unsupported } from '../expansion-error.ts';
import { type Functions, fixed, variadic } from './function.ts';
import { goPrintf } from './printf.ts';
import { Int64, isTrue, printed, StringMap, typeName } from './value.ts';

/** The functions of text/template itself; `and` and `or` are evaluated where they stand. */
export const builtins: Functions = {
  not: fixed(['any'], (value: unknown) => !isTrue(value)),
  len: fixed(['any'], lengthOf),
  index: variadic(['any'], 'any', (value: unknown, ...steps: unknown[]) => steps.reduce(indexed, value)),
  print: variadic([], 'any', (...values: unknown[]) => spaced(values)),
  println: variadic([], 'any', (...values: unknown[]) => `${values.map(printed).join(' ')}\n`),
  printf: variadic(['string'], 'any', goPrintf),
  eq: variadic(['any'], 'any', (first: unknown, ...others: unknown[]) => {
    if (others.length === 0) throw refused('missing argument for comparison');
    return others.some((other) => isEqual(first, other));
  }),
  ne: fixed(['any', 'any'], (a: unknown, b: unknown) => !isEqual(a, b)),
  lt: fixed(['any', 'any'], isLess),
  le: fixed(['any', 'any'], (a: unknown, b: unknown) => isLess(a, b) || isEqual(a, b)),
  gt: fixed(['any', 'any'], (a: unknown, b: unknown) => !(isLess(a, b) || isEqual(a, b))),
  ge: fixed(['any', 'any'], (a: unknown, b: unknown) => !isLess(a, b)),
};

function lengthOf(value: unknown): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (Array.isArray(value)) return BigInt(value.length);
  if (value instanceof Map) return BigInt(value.size);
  throw refused(`${typeName(value)} has no length`);
}

function indexed(value: unknown, step: unknown): unknown {
  if (value instanceof Map) {
    if (typeof step !== 'string') throw refused(`a map is not indexed by ${typeName(step)}`);
    return value.has(step) ? value.get(step) : value instanceof StringMap ? '' : null;
  }
  if (typeof value === 'string') throw unsupported('a byte of a text by `index`');
  if (!Array.isArray(value)) throw refused(`${typeName(value)} cannot be indexed`);
  const at = step instanceof Int64 ? step.value : step;
  if (typeof at !== 'bigint') throw refused(`a list is not indexed by ${typeName(step)}`);
  if (at < 0n || at >= BigInt(value.length)) throw refused(`index out of range: ${at}`);
  return value[Number(at)];
}

/** Operands stand apart by a space where neither is a text. */
function spaced(values: readonly unknown[]): string {
  return values.reduce<string>((text, value, index) => {
    const isApart = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
    return `${text}${isApart ? ' ' : ''}${printed(value)}`;
  }, '');
}

type Basic = 'bool' | 'int' | 'float' | 'string';

function basicKind(value: unknown): Basic | undefined {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint' || value instanceof Int64) return 'int';
  if (typeof value === 'number') return 'float';
  return typeof value === 'string' ? 'string' : undefined;
}

const plain = (value: unknown) => (value instanceof Int64 ? value.value : value);

/** Numbers of a file are floats and never equal to an int constant: that is an error, not false. */
function isEqual(a: unknown, b: unknown): boolean {
  const [kind, other] = [basicKind(a), basicKind(b)];
  if (a === null || b === null) return a === b;
  if (kind !== other) throw incompatible(a, b);
  if (!kind) throw refused(`${typeName(a)} cannot be compared`);
  return plain(a) === plain(b);
}

function isLess(a: unknown, b: unknown): boolean {
  const [kind, other] = [basicKind(a), basicKind(b)];
  if (!kind || !other || kind !== other) throw incompatible(a, b);
  if (kind === 'bool') throw refused('booleans have no order');
  return (plain(a) as bigint) < (plain(b) as bigint);
}

function incompatible(a: unknown, b: unknown) {
  return refused(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}
