import { isRecord } from '../resources/value.ts';
import { convertSchema } from './convert.ts';
import {
  byVersionPriority,
  type FieldSchema,
  type KindSchema,
  kindKey,
  newestStable,
  OBJECT_META,
} from './field-schema.ts';
import { hoist } from './hoist.ts';

export interface CrdSchemas {
  kinds: Record<string, KindSchema>;
  definitions: Record<string, FieldSchema>;
}

interface CrdVersion {
  name: string;
  deprecated: boolean;
  schema: FieldSchema;
}

/** The kind that a CustomResourceDefinition (apiextensions.k8s.io/v1) defines, in its served versions; `undefined` for any other object. */
export function crdSchemas(crd: unknown): CrdSchemas | undefined {
  const spec = isRecord(crd) && crd['kind'] === 'CustomResourceDefinition' ? crd['spec'] : undefined;
  if (!isRecord(spec) || !isRecord(spec['names'])) return undefined;
  const kind = String(spec['names']['kind']);
  const versions = servedVersions(spec['versions']);
  const { roots, definitions } = hoist(
    kind,
    versions.map((version) => ({ version: version.name, schema: withObjectFields(version.schema) })),
  );
  const deprecated = versions.filter((version) => version.deprecated).map((version) => version.name);
  const stable = newestStable(Object.keys(roots));
  const entry: KindSchema = {
    scope: spec['scope'] === 'Cluster' ? 'Cluster' : 'Namespaced',
    ...(stable ? { stable } : {}),
    versions: roots,
    ...(deprecated.length > 0 ? { deprecated } : {}),
  };
  return { kinds: { [kindKey(String(spec['group']), kind)]: entry }, definitions };
}

function servedVersions(raw: unknown): CrdVersion[] {
  const versions = (Array.isArray(raw) ? raw : []).filter((version) => isRecord(version) && version['served'] === true);
  return versions
    .map((version) => ({
      name: String(version['name']),
      deprecated: version['deprecated'] === true,
      schema: convertSchema(version['schema']?.['openAPIV3Schema']),
    }))
    .sort((a, b) => byVersionPriority(a.name, b.name));
}

/** The API server checks these three itself, whatever a CustomResourceDefinition says of them. */
function withObjectFields(schema: FieldSchema): FieldSchema {
  const properties = {
    ...schema.properties,
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { $ref: OBJECT_META },
  } as const;
  return { ...schema, type: 'object', properties };
}
