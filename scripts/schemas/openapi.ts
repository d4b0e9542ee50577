import { convertSchema } from './convert.ts';
import { type FieldSchema, type KindSchema, mapChildren, type RemovedKind } from './field-schema.ts';
import { FIELD_FACTS } from './formats.ts';
import type { FieldEnum } from './go-source.ts';
import { type KindInput, removedKinds, servedKinds, shortName } from './openapi-kinds.ts';
import { TYPE_FACTS, type TypeFact } from './type-facts.ts';

export interface KubernetesInput extends KindInput {
  enums: readonly FieldEnum[];
}

export interface KubernetesSchemas {
  kinds: Record<string, KindSchema>;
  removed: Record<string, RemovedKind>;
  definitions: Record<string, FieldSchema>;
}

/** Types that JSON writes in more than one way; OpenAPI v2 has no words for it. */
const SPECIAL: Readonly<Record<string, FieldSchema>> = {
  'intstr.IntOrString': { 'x-kubernetes-int-or-string': true, format: 'int32' },
  'resource.Quantity': { format: 'quantity' },
};

/** The field schemas of Kubernetes itself: what its OpenAPI document says, with what only its Go source says. */
export function kubernetesSchemas(input: KubernetesInput): KubernetesSchemas {
  const all = Object.fromEntries(
    Object.entries(input.swagger.definitions).map(([name, raw]) => [
      shortName(name),
      openObject(convertSchema(raw, shortName)),
    ]),
  );
  addEnums(all, input.enums);
  addFacts(all);
  const kinds = servedKinds(input);
  const roots = Object.values(kinds).flatMap((kind) => Object.values(kind.versions));
  return { kinds, removed: removedKinds(input, kinds), definitions: reachable(all, roots) };
}

/** In this document an object without properties is a place for anything: RawExtension, FieldsV1, JSON. */
function openObject(schema: FieldSchema): FieldSchema {
  const anything =
    (schema.type === 'object' || schema.type === undefined) &&
    !schema.properties &&
    !schema.additionalProperties &&
    !schema.$ref;
  if (anything) return { ...schema, 'x-kubernetes-preserve-unknown-fields': true };
  return mapChildren(schema, openObject);
}

function addEnums(definitions: Record<string, FieldSchema>, enums: readonly FieldEnum[]): void {
  for (const { type, field, ofElements, values } of enums) {
    const definition = goTypeName(type);
    if (definitions[definition])
      addFact(definitions, definition, field, ofElements ? { items: { enum: values } } : { enum: values });
  }
}

/** `k8s.io/api/core/v1.ContainerPort` -> `core.v1.ContainerPort`. */
function goTypeName(type: string): string {
  return type.split('/').slice(-2).join('.');
}

function addFacts(definitions: Record<string, FieldSchema>): void {
  for (const [key, fact] of Object.entries(FIELD_FACTS)) {
    const dot = key.lastIndexOf('.');
    addFact(definitions, key.slice(0, dot), key.slice(dot + 1), fact);
  }
  for (const [definition, fact] of Object.entries(TYPE_FACTS)) {
    const schema = definitions[definition];
    if (!schema) throw new Error(`this release has no type ${definition}: correct scripts/schemas/type-facts.ts`);
    definitions[definition] = withTypeFact(schema, fact);
  }
}

function withTypeFact(schema: FieldSchema, fact: TypeFact): FieldSchema {
  const { required = [], optional = [], atMostOneBut, ...relations } = fact;
  const needed = new Set([...(schema.required ?? []), ...required].filter((field) => !optional.includes(field)));
  const rivals = Object.keys(schema.properties ?? {}).filter((field) => !atMostOneBut?.includes(field));
  const { required: _, ...rest } = schema;
  return {
    ...rest,
    ...relations,
    ...(atMostOneBut ? { atMostOne: [rivals] } : {}),
    ...(needed.size > 0 ? { required: [...needed] } : {}),
  };
}

function addFact(definitions: Record<string, FieldSchema>, definition: string, field: string, fact: FieldSchema): void {
  const properties = definitions[definition]?.properties;
  const schema = properties?.[field];
  if (!properties || !schema)
    throw new Error(
      `${definition} has no field ${field} in this release: correct scripts/schemas/formats.ts if it names the field`,
    );
  properties[field] = withFact(definitions, schema, fact);
}

function withFact(definitions: Record<string, FieldSchema>, schema: FieldSchema, fact: FieldSchema): FieldSchema {
  const below = (child: FieldSchema | undefined, added: FieldSchema) => ({
    ...resolveLeaf(definitions, child ?? {}),
    ...added,
  });
  return {
    ...resolveLeaf(definitions, schema),
    ...fact,
    ...(fact.items ? { items: below(schema.items, fact.items) } : {}),
    ...(fact.additionalProperties
      ? { additionalProperties: below(schema.additionalProperties, fact.additionalProperties) }
      : {}),
  };
}

/** Definitions that the roots lead to; those that are no objects (times, quantities) are written where they are used. */
function reachable(all: Record<string, FieldSchema>, roots: readonly string[]): Record<string, FieldSchema> {
  const definitions: Record<string, FieldSchema> = {};
  const inline = (schema: FieldSchema): FieldSchema => {
    const resolved = resolveLeaf(all, schema);
    if (resolved.$ref) add(resolved.$ref);
    return mapChildren(resolved, inline);
  };
  const add = (name: string): void => {
    if (definitions[name]) return;
    const schema = all[name];
    if (!schema) throw new Error(`the OpenAPI document refers to ${name} but does not define it`);
    definitions[name] = {};
    definitions[name] = inline(schema);
  };
  for (const root of roots) add(root);
  return definitions;
}

function resolveLeaf(all: Record<string, FieldSchema>, schema: FieldSchema): FieldSchema {
  if (!schema.$ref) return schema;
  const special = SPECIAL[schema.$ref];
  if (special) return special;
  const target = all[schema.$ref];
  return target && !target.properties ? target : schema;
}
