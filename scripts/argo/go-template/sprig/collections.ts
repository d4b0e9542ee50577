import { sameValue } from '../../../resources/value.ts';
import { refused, unsupported } from '../../expansion-error.ts';
import { type Functions, fixed, variadic } from '../function.ts';
import { type GoMap, isTrue, printed, typeName } from '../value.ts';
import { toInteger } from './numbers.ts';

const listOf = (value: unknown): unknown[] => {
  if (!Array.isArray(value)) throw refused(`a list is expected, not ${typeName(value)}`);
  return value;
};

/** A function of one list. */
const ofList = (call: (list: unknown[]) => unknown) => fixed(['any'], (value: unknown) => call(listOf(value)));

/** sprig's functions on lists, maps and what may be empty. */
export const collectionFunctions: Functions = {
  default: variadic(['any'], 'any', (fallback: unknown, given?: unknown) => (isTrue(given) ? given : fallback)),
  empty: fixed(['any'], (value: unknown) => !isTrue(value)),
  coalesce: variadic([], 'any', (...values: unknown[]) => values.find(isTrue) ?? null),
  all: variadic([], 'any', (...values: unknown[]) => values.every(isTrue)),
  any: variadic([], 'any', (...values: unknown[]) => values.some(isTrue)),
  ternary: fixed(['any', 'any', 'bool'], (yes: unknown, no: unknown, condition: boolean) => (condition ? yes : no)),

  list: variadic([], 'any', (...values: unknown[]) => values),
  tuple: variadic([], 'any', (...values: unknown[]) => values),
  first: ofList((list) => list[0] ?? null),
  last: ofList((list) => list.at(-1) ?? null),
  rest: ofList((list) => (list.length > 0 ? list.slice(1) : null)),
  initial: ofList((list) => (list.length > 0 ? list.slice(0, -1) : null)),
  reverse: ofList((list) => list.toReversed()),
  compact: ofList((list) => list.filter(isTrue)),
  uniq: ofList((list) => list.filter((value, index) => list.findIndex((other) => sameValue(other, value)) === index)),
  append: fixed(['any', 'any'], (list: unknown, value: unknown) => [...listOf(list), value]),
  push: fixed(['any', 'any'], (list: unknown, value: unknown) => [...listOf(list), value]),
  prepend: fixed(['any', 'any'], (list: unknown, value: unknown) => [value, ...listOf(list)]),
  concat: variadic([], 'any', (...lists: unknown[]) => lists.flatMap(listOf)),
  has: fixed(
    ['any', 'any'],
    (value: unknown, list: unknown) => list !== null && listOf(list).some((other) => sameValue(other, value)),
  ),
  without: variadic(['any'], 'any', (list: unknown, ...gone: unknown[]) =>
    listOf(list).filter((value) => !gone.some((other) => sameValue(other, value))),
  ),
  slice: variadic(['any'], 'any', (list: unknown, from?: unknown, to?: unknown) => part(listOf(list), from, to)),
  join: fixed(['string', 'any'], (separator: string, list: unknown) => texts(list).join(separator)),
  toStrings: fixed(['any'], texts),
  sortAlpha: fixed(['any'], (list: unknown) => (Array.isArray(list) ? texts(list).sort() : [printed(list)])),

  dict: variadic([], 'any', dict),
  get: fixed(['map', 'string'], (map: GoMap, key: string) => (map.has(key) ? map.get(key) : '')),
  hasKey: fixed(['map', 'string'], (map: GoMap, key: string) => map.has(key)),
  pluck: variadic(['string'], 'map', (key: string, ...maps: GoMap[]) =>
    maps.filter((map) => map.has(key)).map((map) => map.get(key)),
  ),
  pick: variadic(
    ['map'],
    'string',
    (map: GoMap, ...keys: string[]) => new Map([...map].filter(([key]) => keys.includes(key))),
  ),
  omit: variadic(
    ['map'],
    'string',
    (map: GoMap, ...keys: string[]) => new Map([...map].filter(([key]) => !keys.includes(key))),
  ),
  keys: variadic([], 'map', (...maps: GoMap[]) => inOneOrder(maps.flatMap((map) => [...map.keys()]))),
  values: fixed(['map'], (map: GoMap) => inOneOrder([...map.values()])),
  dig: variadic(['any', 'any', 'any'], 'any', dig),
};

function part(list: readonly unknown[], from: unknown, to: unknown): unknown {
  if (list.length === 0) return null;
  const start = from === undefined ? 0 : Number(toInteger(from));
  const end = to === undefined ? list.length : Number(toInteger(to));
  if (start < 0 || end > list.length || start > end) throw refused('a part that lies outside of the list');
  return list.slice(start, end);
}

function texts(list: unknown): string[] {
  if (list === null) return [];
  return Array.isArray(list) ? list.filter((value) => (value ?? null) !== null).map(printed) : [printed(list)];
}

/** Go gives them in a random order, and the Applications would differ from one time to the next. */
function inOneOrder(values: unknown[]): unknown[] {
  if (values.length > 1) throw unsupported('the keys or values of a map, which come in a random order');
  return values;
}

/** Keys that are no text are printed; a key at the end without a value gets an empty text. */
function dict(...values: unknown[]): GoMap {
  const map: GoMap = new Map();
  for (let at = 0; at < values.length; at += 2)
    map.set(printed(values[at]), at + 1 < values.length ? values[at + 1] : '');
  return map;
}

function dig(...args: unknown[]): unknown {
  const keys = args.slice(0, -2);
  const fallback = args.at(-2);
  let at = args.at(-1);
  for (const key of keys) {
    if (typeName(at) !== 'map[string]interface {}') throw refused(`a map is expected, not ${typeName(at)}`);
    if (typeof key !== 'string') throw refused(`a key must be a text, not ${typeName(key)}`);
    if (!(at as GoMap).has(key)) return fallback;
    at = (at as GoMap).get(key);
  }
  return at;
}
