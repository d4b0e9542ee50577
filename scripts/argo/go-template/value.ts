import { isRecord } from '../../resources/value.ts';

/**
 * Values as Go templates see them: text, booleans, `bigint` for int, Int64 for int64, `number` for float64 (every number of a file),
 * arrays, maps, `null` for nil; `undefined` is a value that is not there.
 */
export type GoMap = Map<string, unknown>;

/** A map[string]string: labels, annotations and `values`. Functions that take a map of anything refuse it. */
export class StringMap extends Map<string, string> {}

/** What the arithmetic functions give; functions that take an int refuse it. */
export class Int64 {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = BigInt.asIntN(64, value);
  }
}

export function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  return isRecord(value) ? mapOf(value) : value;
}

export function mapOf(record: Record<string, unknown>): GoMap {
  return new Map(Object.entries(record).map(([key, value]) => [key, fromJson(value)]));
}

export function toJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, child]) => [key, toJson(child)]));
  if (value instanceof Int64) return Number(value.value);
  return typeof value === 'bigint' ? Number(value) : (value ?? null);
}

/** The type, as Go names it. */
export function typeName(value: unknown): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (value instanceof Int64) return 'int64';
  if (value instanceof StringMap) return 'map[string]string';
  return value instanceof Map ? 'map[string]interface {}' : '[]interface {}';
}

/** Whether `if` takes it for true; sprig's `empty` and `default` ask the same. */
export function isTrue(value: unknown): boolean {
  if (value instanceof Map) return value.size > 0;
  if (Array.isArray(value)) return value.length > 0;
  return value instanceof Int64 ? value.value !== 0n : Boolean(value) || Number.isNaN(value);
}

/** As `%v` prints it. */
export function printed(value: unknown): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'number') return printedFloat(value);
  if (value instanceof Int64) return String(value.value);
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`;
  if (value instanceof Map)
    return `map[${sortedEntries(value)
      .map(([key, child]) => `${key}:${printed(child)}`)
      .join(' ')}]`;
  return String(value);
}

/** Templates and `%v` go through maps in the order of the keys. */
export function sortedEntries(map: ReadonlyMap<string, unknown>): [string, unknown][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `%g` with as many digits as the number needs: with an exponent from a million on. */
function printedFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return Object.is(value, -0) ? '-0' : String(value);
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
