import { findFormat } from '../rules/k8s/schema/formats.ts';
import type { FieldSchema, KindSchema, SchemaFile } from './field-schema.ts';

/** A JSON Schema of draft 7 that needs nothing outside itself. */
export type JsonSchema = Record<string, unknown>;

/**
 * One version of a kind as JSON Schema for other validators: to compare our verdicts with theirs, and to race them on the same schemas.
 * Left out is what JSON Schema cannot say: CEL rules, and formats that are no regular expression.
 */
export function jsonSchemaOf(files: ReadonlyMap<string, SchemaFile>, home: string, definition: string): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const reference = (file: string, name: string): JsonSchema => {
    const key = `${file}.${name}`.replaceAll(/[^\w.]/g, '_');
    const schema = files.get(file)?.definitions[name];
    if (!schema) throw new Error(`schemas/${file}.json has no definition ${name}`);
    if (!definitions[key]) {
      definitions[key] = {};
      Object.assign(definitions[key], convert(schema, { file, reference }));
    }
    return { $ref: `#/definitions/${key}` };
  };
  const root = reference(home, definition);
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...root, definitions };
}

/** The schema location that makes kubeconform look for the paths below. */
export const KUBECONFORM_LOCATION = '{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json';

/** kubeconform takes the version of the core API for its group. */
function kubeconformPath(kindKey: string, version: string): string {
  const [group = '', kind = ''] = kindKey.includes('/') ? kindKey.split('/') : [version, kindKey];
  return `${group}/${kind.toLowerCase()}_${version}.json`;
}

/** Every kind in every version, by its path for kubeconform. */
export function* kubeconformSchemas(
  files: ReadonlyMap<string, SchemaFile>,
): Iterable<{ path: string; schema: JsonSchema }> {
  for (const [home, file] of files) {
    for (const [key, kind] of Object.entries<KindSchema>(file.kinds)) {
      for (const [version, definition] of Object.entries(kind.versions)) {
        yield { path: kubeconformPath(key, version), schema: jsonSchemaOf(files, home, definition) };
      }
    }
  }
}

interface Context {
  file: string;
  reference(file: string, name: string): JsonSchema;
}

function convert(schema: FieldSchema, context: Context): JsonSchema {
  if (schema.$ref !== undefined) {
    const [first = '', second] = schema.$ref.split('#');
    return second === undefined ? context.reference(context.file, first) : context.reference(first, second);
  }
  const format = schema.format === undefined ? undefined : findFormat(schema.format);
  const pattern = schema.pattern ?? format?.pattern;
  return {
    ...typeOf(schema),
    ...bounds(schema),
    ...(schema.enum ? { enum: schema.enum } : {}),
    ...(pattern === undefined ? {} : { pattern }),
    ...fieldsOf(schema, context),
    ...(schema.items ? { items: convert(schema.items, context) } : {}),
    ...combinations(schema, context),
  };
}

function typeOf(schema: FieldSchema): JsonSchema {
  if (schema['x-kubernetes-int-or-string']) return { type: ['integer', 'string'] };
  if (schema.format?.startsWith('quantity')) return { type: ['number', 'string'] };
  if (!schema.type) return {};
  return { type: schema.nullable ? [schema.type, 'null'] : schema.type };
}

const BOUNDS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'] as const;

function bounds(schema: FieldSchema): JsonSchema {
  const int32 = schema.format === 'int32' ? { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 } : {};
  const { minimum, maximum } = { ...int32, ...schema };
  return {
    ...(minimum === undefined ? {} : { [schema.exclusiveMinimum ? 'exclusiveMinimum' : 'minimum']: minimum }),
    ...(maximum === undefined ? {} : { [schema.exclusiveMaximum ? 'exclusiveMaximum' : 'maximum']: maximum }),
    ...Object.fromEntries(
      BOUNDS.filter((keyword) => schema[keyword] !== undefined).map((keyword) => [keyword, schema[keyword]]),
    ),
  };
}

function fieldsOf(schema: FieldSchema, context: Context): JsonSchema {
  const required = new Set(schema.required);
  // A branch of a combination: it only adds conditions.
  if (schema.type !== 'object' && !schema.properties) return required.size > 0 ? { required: [...required] } : {};
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const keys = schema.propertyNames?.format ? findFormat(schema.propertyNames.format)?.pattern : undefined;
  const properties = Object.entries(schema.properties ?? {}).map(([name, child]) => {
    const converted = convert(child, context);
    return [
      name,
      required.has(name) ? converted : optional(converted, context.file === 'kubernetes' && child.type === 'string'),
    ];
  });
  return {
    properties: Object.fromEntries(properties),
    additionalProperties: schema.additionalProperties
      ? optional(convert(schema.additionalProperties, context), false)
      : open,
    ...(required.size > 0 ? { required: [...required] } : {}),
    ...(keys === undefined ? {} : { propertyNames: { pattern: keys } }),
  };
}

/** What may be left out may be null, and in Kubernetes itself an empty string. */
function optional(schema: JsonSchema, orEmpty: boolean): JsonSchema {
  return { anyOf: [schema, { type: 'null' }, ...(orEmpty ? [{ const: '' }] : [])] };
}

function combinations(schema: FieldSchema, context: Context): JsonSchema {
  const one = (group: readonly string[]) => group.map((field) => ({ required: [field] }));
  const branches = (list: readonly FieldSchema[]) => list.map((branch) => convert(branch, context));
  const groups = [
    ...(schema.exactlyOne ?? []).map((group) => ({ oneOf: one(group) })),
    ...(schema.atMostOne ?? []).map((group) => ({ oneOf: [...one(group), { not: { anyOf: one(group) } }] })),
    ...branches(schema.allOf ?? []),
  ];
  return {
    ...(groups.length > 0 ? { allOf: groups } : {}),
    ...(schema.anyOf ? { anyOf: branches(schema.anyOf) } : {}),
    ...(schema.oneOf ? { oneOf: branches(schema.oneOf) } : {}),
    ...(schema.not ? { not: convert(schema.not, context) } : {}),
  };
}
