import { isRecord } from '../resources/value.ts';

/** Fields that are one value, whatever they hold. */
const WHOLE = new Set(['valuesObject']);

/**
 * The template of a generator, filled up from that of the ApplicationSet: what is empty there is taken from here, lists as a whole.
 * `false` and 0 are empty too, as dario.cat/mergo has it.
 */
export function fillTemplate(own: unknown, from: unknown, key = ''): unknown {
  if (isEmpty(own)) return from;
  if (!isRecord(own) || !isRecord(from) || WHOLE.has(key)) return own;
  const keys = [...new Set([...Object.keys(own), ...Object.keys(from)])];
  return Object.fromEntries(keys.map((name) => [name, fillTemplate(own[name], from[name], name)]));
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value)) return Object.keys(value).length === 0;
  return !value;
}
