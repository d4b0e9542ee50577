import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crdSchemas } from '../../../schemas/crds.ts';
import {
  byVersionPriority,
  joinApiVersion,
  type KindSchema,
  kindKey,
  type RemovedKind,
  type SchemaFile,
  splitApiVersion,
} from '../../../schemas/field-schema.ts';
import { SCHEMA_NAMES } from '../../../schemas/upstreams.ts';
import { createNodes, type FieldNode } from './node.ts';

/** A kind in one of its versions. */
export interface KnownKind {
  kind: KindSchema;
  root: FieldNode;
}

export interface SchemaCatalog {
  find(apiVersion: string, kind: string): KnownKind | undefined;
  /** Since when a kind is gone in this version, and what to use; `undefined` if it never was there or still is. */
  findRemoved(apiVersion: string, kind: string): RemovedKind | undefined;
  /** All kinds that have a schema, each with the version to use. */
  kinds(): readonly { apiVersion: string; group: string; kind: string }[];
}

/** A catalog of schema files by name. Where two files have the same kind the later one counts. */
export function createCatalog(files: ReadonlyMap<string, SchemaFile>): SchemaCatalog {
  const nodeOf = createNodes(files);
  const homes = new Map(
    [...files].flatMap(([file, { kinds }]) => Object.keys(kinds).map((key) => [key, file] as const)),
  );
  const found = new Map<string, KnownKind | undefined>();
  const look = (apiVersion: string, kind: string): KnownKind | undefined => {
    const { group, version } = splitApiVersion(apiVersion);
    const key = kindKey(group, kind);
    const file = homes.get(key);
    const schema = file === undefined ? undefined : files.get(file)?.kinds[key];
    const definition = schema && Object.hasOwn(schema.versions, version) ? schema.versions[version] : undefined;
    return schema && file !== undefined && definition !== undefined
      ? { kind: schema, root: nodeOf(file, definition) }
      : undefined;
  };
  return {
    find(apiVersion, kind) {
      const key = `${apiVersion}/${kind}`;
      if (!found.has(key)) found.set(key, look(apiVersion, kind));
      return found.get(key);
    },
    findRemoved: (apiVersion, kind) =>
      [...files.values()].map((file) => file.removed?.[`${apiVersion}/${kind}`]).find((entry) => entry !== undefined),
    kinds: () => [...homes].map(([key, file]) => preferred(key, files.get(file)?.kinds[key] as KindSchema)),
  };
}

function preferred(key: string, schema: KindSchema): { apiVersion: string; group: string; kind: string } {
  const slash = key.indexOf('/');
  const group = slash < 0 ? '' : key.slice(0, slash);
  const version = schema.stable ?? (Object.keys(schema.versions).sort(byVersionPriority)[0] as string);
  return { apiVersion: joinApiVersion(group, version), group, kind: key.slice(slash + 1) };
}

let bundled: Map<string, SchemaFile> | undefined;
let bundledCatalog: SchemaCatalog | undefined;

/** The files of `schemas/`, read when they are first needed. */
export function bundledFiles(): Map<string, SchemaFile> {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(__dirname, '../../../../schemas', `${name}.json`), 'utf8'));
  bundled ??= new Map(SCHEMA_NAMES.map((name) => [name, read(name) as SchemaFile]));
  return bundled;
}

/**
 * The catalog of `schemas/`, with the kinds of the CustomResourceDefinitions among the objects. Those count before `schemas/`: they are what
 * the cluster will have.
 */
export function catalogFor(objects: readonly { value: { kind: string } }[]): SchemaCatalog {
  const crds = objects.filter((object) => object.value.kind === 'CustomResourceDefinition');
  if (crds.length > 0) return createCatalog(new Map([...bundledFiles(), ['manifests', crdFile(crds)]]));
  bundledCatalog ??= createCatalog(bundledFiles());
  return bundledCatalog;
}

function crdFile(crds: readonly { value: unknown }[]): SchemaFile {
  const file: SchemaFile = { sources: [], kinds: {}, definitions: {} };
  for (const crd of crds) {
    const schemas = crdSchemas(crd.value);
    Object.assign(file.kinds, schemas?.kinds);
    Object.assign(file.definitions, schemas?.definitions);
  }
  return file;
}
