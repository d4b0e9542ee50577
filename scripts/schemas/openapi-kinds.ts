import { isRecord } from '../resources/value.ts';
import {
  byVersionPriority,
  joinApiVersion,
  type KindSchema,
  kindKey,
  newestStable,
  type RemovedKind,
  splitApiVersion,
} from './field-schema.ts';
import type { Lifecycle } from './go-source.ts';
import { NAME_FORMATS } from './type-facts.ts';

/** The parts of `api/openapi-spec/swagger.json` (OpenAPI 2) that are read. */
export interface Swagger {
  definitions: Record<string, unknown>;
  paths: Record<string, unknown>;
}

export interface KindInput {
  swagger: Swagger;
  /** apiVersion -> lifecycle of its kinds. */
  lifecycles: ReadonlyMap<string, readonly Lifecycle[]>;
  /** Release whose API this is: `1.34`. */
  release: string;
}

/** `#/definitions/io.k8s.api.apps.v1.Deployment` -> `apps.v1.Deployment`. */
export function shortName(name: string): string {
  return name
    .replace(/^#\/definitions\//, '')
    .replace(/^io\.k8s\.(?:api|apimachinery\.pkg(?:\.(?:apis?|util))?|[\w-]+\.pkg\.apis)\./, '');
}

/** Every kind that the API server lets one create, with its versions, scope and maturity. */
export function servedKinds(input: KindInput): Record<string, KindSchema> {
  const { swagger } = input;
  const definitionOf = definitionNames(swagger.definitions);
  const kinds: Record<string, KindSchema> = {};
  for (const [path, item] of Object.entries(swagger.paths)) {
    const served = createdKind(path, item);
    if (!served) continue;
    const { group, version, kind } = served;
    const key = kindKey(group, kind);
    const definition = definitionOf.get(`${joinApiVersion(group, version)}/${kind}`);
    if (!definition) throw new Error(`the OpenAPI document serves ${key} ${version} but does not define it`);
    const entry = kinds[key] ?? {
      scope: 'Cluster',
      versions: {},
      ...(NAME_FORMATS[key] ? { name: NAME_FORMATS[key] } : {}),
    };
    const scope = path.includes('/namespaces/{namespace}/') ? 'Namespaced' : entry.scope;
    kinds[key] = { ...entry, scope, versions: { ...entry.versions, [version]: definition } };
  }
  return Object.fromEntries(Object.entries(kinds).map(([key, entry]) => [key, withMaturity(key, entry, input)]));
}

interface Gvk {
  group: string;
  version: string;
  kind: string;
}

/** The kind that a POST on the collection creates; subresources (`/pods/{name}/eviction`) are no objects of their own. */
function createdKind(path: string, item: unknown): Gvk | undefined {
  const post = isRecord(item) ? item['post'] : undefined;
  if (!isRecord(post) || path.includes('{name}')) return undefined;
  return post['x-kubernetes-group-version-kind'] as Gvk | undefined;
}

function definitionNames(definitions: Record<string, unknown>): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, raw] of Object.entries(definitions)) {
    const ids = isRecord(raw) ? (raw['x-kubernetes-group-version-kind'] as Gvk[] | undefined) : undefined;
    for (const { group, version, kind } of ids ?? [])
      names.set(`${joinApiVersion(group, version)}/${kind}`, shortName(name));
  }
  return names;
}

function withMaturity(key: string, entry: KindSchema, input: KindInput): KindSchema {
  const [group = '', kind = ''] = key.includes('/') ? key.split('/') : ['', key];
  const versions = Object.keys(entry.versions).sort(byVersionPriority);
  const deprecated = versions.filter((version) => {
    const lifecycle = input.lifecycles
      .get(joinApiVersion(group, version))
      ?.find((candidate) => candidate.kind === kind);
    return lifecycle?.deprecated !== undefined && isReleased(lifecycle.deprecated, input.release);
  });
  const stable = newestStable(versions);
  return { ...entry, ...(stable ? { stable } : {}), ...(deprecated.length > 0 ? { deprecated } : {}) };
}

/** Kinds in versions that this release no longer serves. */
export function removedKinds(input: KindInput, kinds: Record<string, KindSchema>): Record<string, RemovedKind> {
  const removed: Record<string, RemovedKind> = {};
  for (const [apiVersion, lifecycles] of input.lifecycles) {
    for (const { kind, removed: gone } of lifecycles) {
      if (!gone || !isReleased(gone.since, input.release) || kind.endsWith('List')) continue;
      const use = [gone.use, apiVersion].map((candidate) => stableApiVersion(candidate, kind, kinds)).find(Boolean);
      removed[`${apiVersion}/${kind}`] = { since: gone.since, ...(use ? { use } : {}) };
    }
  }
  return removed;
}

/** The stable apiVersion of a kind in the group of `apiVersion`: a replacement may have been replaced in its turn. */
function stableApiVersion(
  apiVersion: string | undefined,
  kind: string,
  kinds: Record<string, KindSchema>,
): string | undefined {
  if (apiVersion === undefined) return undefined;
  const { group } = splitApiVersion(apiVersion);
  const stable = kinds[kindKey(group, kind)]?.stable;
  return stable && joinApiVersion(group, stable);
}

function isReleased(since: string, release: string): boolean {
  const minor = (text: string) => Number(text.split('.')[1]);
  return minor(since) <= minor(release);
}
