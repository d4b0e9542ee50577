import type { FieldSchema } from '../../../schemas/field-schema.ts';
import { findCelRule } from './cel.ts';
import { findFormat } from './formats.ts';

/** Says what was expected of a value that has the right type, `undefined` when it is as expected. */
export type ValueCheck = (value: unknown) => Expectation | undefined;

export interface Expectation {
  /** Ends the sentence "expected ...". */
  expected: string;
  /** The only values allowed, where they can be listed. */
  allowed?: readonly string[];
}

/** The checks that the keywords of one schema ask for, besides its type and its fields. */
export function valueChecks(schema: FieldSchema): ValueCheck[] {
  return [
    enumCheck(schema),
    rangeCheck(schema),
    lengthCheck(schema.minLength, schema.maxLength, stringLength, ['character', 'characters']),
    lengthCheck(schema.minItems, schema.maxItems, (value) => (Array.isArray(value) ? value.length : undefined), [
      'entry',
      'entries',
    ]),
    lengthCheck(schema.minProperties, schema.maxProperties, mapSize, ['key', 'keys']),
    patternCheck(schema),
    formatCheck(schema),
    ...(schema['x-kubernetes-validations'] ?? []).map(ruleCheck),
  ].filter((check) => check !== undefined);
}

function enumCheck({ enum: values }: FieldSchema): ValueCheck | undefined {
  if (!values) return undefined;
  const set = new Set<unknown>(values);
  const allowed = values.filter((value) => value !== '').map(String);
  const expectation = { expected: allowed.length === 1 ? `${allowed[0]}` : `one of ${allowed.join(', ')}`, allowed };
  return (value) => (set.has(value) ? undefined : expectation);
}

function rangeCheck(schema: FieldSchema): ValueCheck | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum === undefined && maximum === undefined) return undefined;
  const tooLow = (value: number) => minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum);
  const tooHigh = (value: number) => maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum);
  const low = minimum === undefined ? undefined : `${exclusiveMinimum ? 'more than' : 'at least'} ${minimum}`;
  const high = maximum === undefined ? undefined : `${exclusiveMaximum ? 'less than' : 'at most'} ${maximum}`;
  const expectation = { expected: `a number of ${[low, high].filter(Boolean).join(' and ')}` };
  return (value) => (typeof value === 'number' && (tooLow(value) || tooHigh(value)) ? expectation : undefined);
}

function lengthCheck(
  least: number | undefined,
  most: number | undefined,
  measure: (value: unknown) => number | undefined,
  [one, many]: readonly [string, string],
): ValueCheck | undefined {
  if (least === undefined && most === undefined) return undefined;
  const [low, high] = [least ?? 0, most ?? Number.POSITIVE_INFINITY];
  const words = [low > 0 ? `at least ${low}` : '', most === undefined ? '' : `at most ${most}`].filter(Boolean);
  const expectation = { expected: `${words.join(' and ')} ${(most ?? low) === 1 ? one : many}` };
  return (value) => {
    const length = measure(value);
    return length === undefined || (length >= low && length <= high) ? undefined : expectation;
  };
}

/** In characters as the API server counts them: code points. */
function stringLength(value: unknown): number | undefined {
  return typeof value === 'string' ? [...value].length : undefined;
}

/** Without the keys that have no value: the API server drops them first. */
function mapSize(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.values(value).filter((entry) => entry !== null).length;
}

function patternCheck({ pattern }: FieldSchema): ValueCheck | undefined {
  const regex = pattern === undefined ? undefined : compile(pattern);
  if (!regex) return undefined;
  const expectation = { expected: `text that matches ${pattern}` };
  return (value) => (typeof value !== 'string' || regex.test(value) ? undefined : expectation);
}

/** Patterns are written for Go; the few that JavaScript cannot read are left to the API server. */
function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

function formatCheck({ format: name }: FieldSchema): ValueCheck | undefined {
  const format = name === undefined ? undefined : findFormat(name);
  if (!format) return undefined;
  const expectation = { expected: format.expect };
  return (value) => (format.test(value) ? undefined : expectation);
}

function ruleCheck(text: string): ValueCheck | undefined {
  const rule = findCelRule(text);
  if (!rule) return undefined;
  const expectation = { expected: rule.expect };
  return (value) => (rule.holds(value) ? undefined : expectation);
}
