import type { FieldPath } from '../../../resources/kube-object.ts';
import { nearest } from '../../../resources/nearest.ts';
import { splitApiVersion } from '../../../schemas/field-schema.ts';
import type { FieldAdvice } from './advice.ts';
import type { SchemaCatalog } from './catalog.ts';

/** What to say of an apiVersion and kind without a schema, and which of the two to point at. */
export function adviseUnknownKind(
  catalog: SchemaCatalog,
  apiVersion: string,
  kind: string,
): FieldAdvice & { path: FieldPath } {
  const removed = catalog.findRemoved(apiVersion, kind);
  if (removed) {
    const message = `${kind} in ${apiVersion} is gone since Kubernetes ${removed.since}`;
    return { path: ['apiVersion'], ...withVersion(message, removed.use) };
  }
  const message = `no schema for ${kind} in ${apiVersion}`;
  const { group } = splitApiVersion(apiVersion);
  const kinds = catalog.kinds();
  const sameKind = kinds.filter((known) => known.kind === kind);
  const meant =
    sameKind.find((known) => known.group === group) ?? sameKind.find((known) => isMeant(known.group, group, kinds));
  if (meant) return { path: ['apiVersion'], ...withVersion(message, meant.apiVersion) };
  const spelling = nearest(
    kind,
    kinds.filter((known) => known.group === group).map((known) => known.kind),
  );
  if (!spelling) return { path: ['kind'], message };
  return { path: ['kind'], message: `${message}; did you mean ${spelling}?`, fix: `Write \`kind: ${spelling}\`.` };
}

function withVersion(message: string, use: string | undefined): FieldAdvice {
  return use === undefined ? { message } : { message: `${message}; use ${use}`, fix: `Write \`apiVersion: ${use}\`.` };
}

/** A group of its own may well have a kind of the same name: only a known group, or a misspelt one, is taken for a mistake. */
function isMeant(candidate: string, group: string, kinds: readonly { group: string }[]): boolean {
  return kinds.some((known) => known.group === group) || nearest(group, [candidate]) !== undefined;
}
