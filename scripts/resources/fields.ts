import type { FieldPath } from './kube-object.ts';
import { isRecord } from './value.ts';

/** An element of a list field, with its place in the list as it stands in the manifest. */
export interface Entry {
  value: Record<string, unknown>;
  index: number;
}

/** A field that holds a map; empty for anything else. Rules run over manifests that no schema has approved yet. */
export function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/** The maps in a list field; whatever else stands there is for the schema rule to report. */
export function entriesOf(value: unknown): Entry[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown, index) => (isRecord(item) ? [{ value: item, index }] : []));
}

/** The texts in a list field. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function integerOf(value: unknown): number | undefined {
  return Number.isInteger(value) ? (value as number) : undefined;
}

/** Kubernetes reads `field: null` as a field that is not there. */
export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The longest part of a path that exists: where a person looks to add what is missing. */
export function existingPath(root: unknown, path: FieldPath): FieldPath {
  let value = root;
  for (const [depth, step] of path.entries()) {
    value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
    if (!isPresent(value)) return path.slice(0, depth);
  }
  return path;
}

/** Names for a message: `a`, `b` and `c`, each in backticks. */
export function quoted(names: readonly string[]): string {
  const all = names.map((name) => `\`${name}\``);
  const last = all.pop() ?? '';
  return all.length > 0 ? `${all.join(', ')} and ${last}` : last;
}
