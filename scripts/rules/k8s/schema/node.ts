import { type FieldSchema, type FieldType, OBJECT_META, type SchemaFile } from '../../../schemas/field-schema.ts';
import { type ValueCheck, valueChecks } from './checks.ts';
import { type Format, findFormat } from './formats.ts';

export type NodeType = FieldType | 'int-or-string' | 'quantity' | 'any';

/** A field schema prepared for walking: references followed, patterns compiled. Its children are prepared when they are first met. */
export interface FieldNode {
  type: NodeType;
  nullable: boolean;
  /** Declared fields; `undefined` where the schema declares none. */
  fields: ReadonlyMap<string, () => FieldNode> | undefined;
  required: readonly string[];
  /** Fields that are not declared may be there. */
  open: boolean;
  /** Of every value of a map, and what its keys must look like. */
  values: (() => FieldNode) | undefined;
  keys: Format | undefined;
  items: (() => FieldNode) | undefined;
  unions: readonly FieldUnion[];
  checks: readonly ValueCheck[];
  alternatives: Alternatives | undefined;
  /** The Go types of Kubernetes itself cannot tell an empty string from a missing one, but in a time, which they parse. */
  emptyIsUnset: boolean;
}

export interface FieldUnion {
  fields: readonly string[];
  needsOne: boolean;
}

/** The combinations of JSON Schema. Structural schemas have no types in the branches, so further fields are allowed there. */
export interface Alternatives {
  oneOf?: readonly FieldNode[];
  anyOf?: readonly FieldNode[];
  allOf?: readonly FieldNode[];
  not?: FieldNode;
}

export type SchemaFiles = ReadonlyMap<string, SchemaFile>;

/** Prepares definitions, each at most once; the definitions of `files` refer to each other by name. */
export function createNodes(files: SchemaFiles): (file: string, definition: string) => FieldNode {
  const prepared = new Map<string, FieldNode>();
  const nodeOf = (file: string, definition: string): FieldNode => {
    const key = `${file}#${definition}`;
    const known = prepared.get(key);
    if (known) return known;
    const schema = files.get(file)?.definitions[definition];
    if (!schema) throw new Error(`schemas/${file}.json has no definition ${definition}: run \`npm run schemas\``);
    const node = prepare(schema, { file, nodeOf });
    prepared.set(key, node);
    return node;
  };
  return nodeOf;
}

interface Context {
  file: string;
  nodeOf(file: string, definition: string): FieldNode;
}

function prepare(schema: FieldSchema, context: Context): FieldNode {
  if (schema.$ref !== undefined) {
    const [first = '', second] = schema.$ref.split('#');
    return second === undefined ? context.nodeOf(context.file, first) : context.nodeOf(first, second);
  }
  const below = (child: FieldSchema | undefined) => (child ? lazy(() => prepare(child, context)) : undefined);
  return {
    type: nodeType(schema),
    nullable: schema.nullable ?? false,
    fields: declaredFields(schema, context),
    required: schema.required ?? [],
    open: schema['x-kubernetes-preserve-unknown-fields'] === true,
    values: below(schema.additionalProperties),
    keys: schema.propertyNames?.format ? findFormat(schema.propertyNames.format) : undefined,
    items: below(schema.items),
    unions: [...unions(schema.atMostOne, false), ...unions(schema.exactlyOne, true)],
    checks: valueChecks(schema),
    alternatives: alternatives(schema, context),
    emptyIsUnset: context.file === 'kubernetes' && schema.type === 'string' && schema.format !== 'date-time',
  };
}

function nodeType(schema: FieldSchema): NodeType {
  if (schema['x-kubernetes-int-or-string']) return 'int-or-string';
  return schema.type ?? (schema.format?.startsWith('quantity') ? 'quantity' : 'any');
}

function declaredFields(schema: FieldSchema, context: Context): FieldNode['fields'] {
  const object = schema['x-kubernetes-embedded-resource'] ? EMBEDDED : undefined;
  if (!schema.properties && !object) return undefined;
  const properties = Object.entries({ ...schema.properties, ...object });
  return new Map(properties.map(([name, child]) => [name, lazy(() => prepare(child, context))]));
}

/** An object inside an object has the fields of every object, whether declared or not. */
const EMBEDDED: Record<string, FieldSchema> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { $ref: OBJECT_META },
};

function unions(groups: string[][] | undefined, needsOne: boolean): FieldUnion[] {
  return (groups ?? []).map((fields) => ({ fields, needsOne }));
}

function alternatives(schema: FieldSchema, context: Context): Alternatives | undefined {
  const { oneOf, anyOf, allOf, not } = schema;
  if (!oneOf && !anyOf && !allOf && !not) return undefined;
  const branch = (child: FieldSchema) => prepare(child, context);
  return {
    ...(oneOf ? { oneOf: oneOf.map(branch) } : {}),
    ...(anyOf ? { anyOf: anyOf.map(branch) } : {}),
    ...(allOf ? { allOf: allOf.map(branch) } : {}),
    ...(not ? { not: branch(not) } : {}),
  };
}

function lazy<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= make();
    return value;
  };
}
