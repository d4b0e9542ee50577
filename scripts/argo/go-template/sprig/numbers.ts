import { refused, unsupported } from '../../expansion-error.ts';
import { type Functions, fixed, variadic } from '../function.ts';
import { Int64, typeName } from '../value.ts';

const MAX_LIST = 10_000;

/** sprig's functions on numbers; all but `int` and `until` give an int64. */
export const numberFunctions: Functions = {
  int: fixed(['any'], (value: unknown) => toInteger(value)),
  int64: fixed(['any'], (value: unknown) => new Int64(toInteger(value))),
  float64: fixed(['any'], (value: unknown) => {
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && !/^-?\d+(?:\.\d+)?$/.test(value))
      throw unsupported(`${JSON.stringify(value)} as a number`);
    return Number(typeof value === 'string' ? value : toInteger(value));
  }),
  atoi: fixed(['string'], (text: string) => (/^[+-]?\d{1,18}$/.test(text) ? BigInt(text.replace('+', '')) : 0n)),
  add1: fixed(['any'], (value: unknown) => new Int64(toInteger(value) + 1n)),
  add: variadic(
    [],
    'any',
    (...values: unknown[]) => new Int64(values.map(toInteger).reduce((sum, value) => sum + value, 0n)),
  ),
  mul: variadic(
    ['any'],
    'any',
    (...values: unknown[]) => new Int64(values.map(toInteger).reduce((product, value) => product * value)),
  ),
  sub: fixed(['any', 'any'], (a: unknown, b: unknown) => new Int64(toInteger(a) - toInteger(b))),
  div: fixed(['any', 'any'], (a: unknown, b: unknown) => new Int64(toInteger(a) / divisor(b))),
  mod: fixed(['any', 'any'], (a: unknown, b: unknown) => new Int64(toInteger(a) % divisor(b))),
  max: variadic(['any'], 'any', (...values: unknown[]) => new Int64(values.map(toInteger).reduce(larger))),
  min: variadic(
    ['any'],
    'any',
    (...values: unknown[]) => new Int64(values.map(toInteger).reduce((a, b) => (larger(a, b) === a ? b : a))),
  ),
  until: fixed(['int'], (count: bigint) => untilStep(0n, count, count < 0n ? -1n : 1n)),
  untilStep: fixed(['int', 'int', 'int'], untilStep),
};

/** As spf13/cast reads whole numbers; a text that it reads in ways of its own is not guessed. */
export function toInteger(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Int64) return value.value;
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value === null) return 0n;
  if (typeof value === 'string' && /^-?(?:0|[1-9]\d{0,17})$/.test(value)) return BigInt(value);
  if (typeof value === 'string' && (value === '' || /^[a-z]/i.test(value))) return 0n;
  throw unsupported(
    typeof value === 'string' ? `${JSON.stringify(value)} as a number` : `${typeName(value)} as a number`,
  );
}

function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function divisor(value: unknown): bigint {
  const number = toInteger(value);
  if (number === 0n) throw refused('division by zero');
  return number;
}

function untilStep(start: bigint, stop: bigint, step: bigint): bigint[] {
  const isForward = stop >= start;
  if (isForward ? step <= 0n : step >= 0n) return [];
  if ((stop - start) / step > MAX_LIST) throw unsupported(`a list of more than ${MAX_LIST} numbers`);
  const list: bigint[] = [];
  for (let at = start; isForward ? at < stop : at > stop; at += step) list.push(at);
  return list;
}
