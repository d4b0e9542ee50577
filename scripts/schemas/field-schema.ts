/**
 * The dialect of the files in `schemas/`: JSON Schema keywords with the meaning that Kubernetes gives them in a structural schema
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/), so an object is closed unless it says
 * otherwise, plus `atMostOne` and `exactlyOne` for the unions of Istio, and formats of our own (scripts/schemas/formats.ts).
 */
export interface FieldSchema {
  /** Name of a definition in the same file, or `<file>#<name>` of another. */
  $ref?: string;
  type?: FieldType;
  properties?: Record<string, FieldSchema>;
  required?: string[];
  /** Schema of every value of a map; `propertyNames` constrains its keys. */
  additionalProperties?: FieldSchema;
  propertyNames?: FieldSchema;
  items?: FieldSchema;
  enum?: (string | number | boolean)[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  /** True: the bound itself is not allowed (OpenAPI 3.0). */
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  nullable?: boolean;
  /** Groups of fields of which one may be set, or must be. */
  atMostOne?: string[][];
  exactlyOne?: string[][];
  oneOf?: FieldSchema[];
  anyOf?: FieldSchema[];
  allOf?: FieldSchema[];
  not?: FieldSchema;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  /** The texts of CEL rules; scripts/rules/k8s/schema/cel.ts knows what they demand. */
  'x-kubernetes-validations'?: string[];
}

export type FieldType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';

export interface KindSchema {
  scope: 'Namespaced' | 'Cluster';
  /** The newest version that is generally available; absent where all are alpha or beta. */
  stable?: string;
  /** Served version -> definition. */
  versions: Record<string, string>;
  /** Served versions that the API declares deprecated. */
  deprecated?: string[];
  /** Format of `metadata.name`, where it is not a DNS subdomain. */
  name?: string;
}

export interface RemovedKind {
  /** The release that no longer serves it: `1.25`. */
  since: string;
  /** The apiVersion to use in its place, where there is one. */
  use?: string;
}

export interface SchemaSource {
  module: string;
  version: string;
  path: string;
}

/** One file of `schemas/`. Kinds are keyed by `<group>/<kind>`, those of the core group by `<kind>`. */
export interface SchemaFile {
  sources: SchemaSource[];
  kinds: Record<string, KindSchema>;
  /** `<apiVersion>/<kind>` -> since when it is gone. */
  removed?: Record<string, RemovedKind>;
  definitions: Record<string, FieldSchema>;
}

/** Where the metadata of every kind is defined. */
export const OBJECT_META = 'kubernetes#meta.v1.ObjectMeta';

/** A schema with each schema directly below it replaced: of its fields, its elements, its map values. */
export function mapChildren(schema: FieldSchema, map: (child: FieldSchema) => FieldSchema): FieldSchema {
  const { properties, items, additionalProperties } = schema;
  const fields = Object.entries(properties ?? {}).map(([name, child]) => [name, map(child)]);
  return {
    ...schema,
    ...(properties ? { properties: Object.fromEntries(fields) } : {}),
    ...(items ? { items: map(items) } : {}),
    ...(additionalProperties ? { additionalProperties: map(additionalProperties) } : {}),
  };
}

export function kindKey(group: string, kind: string): string {
  return group === '' ? kind : `${group}/${kind}`;
}

/** `apps/v1` -> group `apps`, version `v1`; `v1` -> the core group. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export function joinApiVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

const VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const MATURITY = { alpha: 0, beta: 1, stable: 2 };

export function isStableVersion(version: string): boolean {
  return /^v\d+$/.test(version);
}

/** Orders versions as the API server prefers them (version priority): v2, v1, v1beta2, v1beta1, v1alpha1, then others by name. */
export function byVersionPriority(a: string, b: string): number {
  const [left, right] = [VERSION.exec(a), VERSION.exec(b)];
  if (!left || !right) return left ? -1 : right ? 1 : a.localeCompare(b, 'en');
  const rank = (match: RegExpExecArray) => MATURITY[(match[2] as 'alpha' | 'beta' | undefined) ?? 'stable'];
  return rank(right) - rank(left) || Number(right[1]) - Number(left[1]) || Number(right[3] ?? 0) - Number(left[3] ?? 0);
}

export function newestStable(versions: Iterable<string>): string | undefined {
  return [...versions].filter(isStableVersion).sort(byVersionPriority)[0];
}
