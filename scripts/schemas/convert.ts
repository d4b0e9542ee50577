import { isRecord } from '../resources/value.ts';
import { constraints } from './constraints.ts';
import type { FieldSchema } from './field-schema.ts';

/** Keywords that are taken as they are; what is not named in this file (descriptions, defaults, examples, patch strategies) is no field fact. */
const PLAIN = [
  'type',
  'enum',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'nullable',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
] as const;

/** Turns one schema of an OpenAPI document or CustomResourceDefinition, with all below it, into our dialect. `rename` maps its references. */
export function convertSchema(raw: unknown, rename: (ref: string) => string = (ref) => ref): FieldSchema {
  if (!isRecord(raw)) return { 'x-kubernetes-preserve-unknown-fields': true };
  if (typeof raw['$ref'] === 'string') return { $ref: rename(raw['$ref']) };
  const convert = (child: unknown) => convertSchema(child, rename);
  const schema: Record<string, unknown> = {};
  for (const keyword of PLAIN) {
    const value = raw[keyword];
    if (value !== undefined && value !== false && value !== '') schema[keyword] = value;
  }
  if (Array.isArray(raw['enum'])) schema['enum'] = raw['enum'].filter((value) => value !== null);
  const required = requiredFields(raw);
  if (required.length > 0) schema['required'] = required;
  if (isRecord(raw['properties'])) {
    schema['properties'] = Object.fromEntries(
      Object.entries(raw['properties']).map(([name, child]) => [name, convert(child)]),
    );
  }
  if (raw['items'] !== undefined) schema['items'] = convert(raw['items']);
  if (raw['additionalProperties']) schema['additionalProperties'] = convert(raw['additionalProperties']);
  return { ...schema, ...constraints(raw, convert) };
}

/** The API server fills in a default before it looks whether a required field is there. */
function requiredFields(raw: Record<string, unknown>): string[] {
  const properties = isRecord(raw['properties']) ? raw['properties'] : {};
  const hasDefault = (name: string) => {
    const property = properties[name];
    return isRecord(property) && property['default'] !== undefined;
  };
  return strings(raw['required']).filter((name) => !hasDefault(name));
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
