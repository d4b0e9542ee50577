import type { KubeObject } from '../../resources/kube-object.ts';
import { isRecord } from '../../resources/value.ts';

/** An Application without what says nothing: Go writes neither empty texts, lists and maps nor false and 0, and adds a status. */
export function comparable({ metadata, spec }: KubeObject): unknown {
  return withoutZeros({ metadata, spec });
}

/** Argo CD makes them in no order that means anything. */
export function comparableSet(applications: readonly KubeObject[]): unknown[] {
  return applications.map(comparable).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value))
    return value.length > 0 ? value.map((item: unknown) => withoutZeros(item) ?? null) : undefined;
  if (!isRecord(value)) return value === null || value === '' || value === false || value === 0 ? undefined : value;
  const entries = Object.entries(value)
    .map(([key, child]) => [key, withoutZeros(child)] as const)
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
