import type { KubeObject } from '../resources/kube-object.ts';
import { LIST_KEYS } from '../resources/list-keys.ts';
import { isRecord, sameValue } from '../resources/value.ts';
import { groupOf } from './declaration.ts';
import type { JsonOperation, PatchDocument } from './patch.ts';

type Change = Pick<JsonOperation, 'op' | 'path' | 'value'>;

/**
 * What a patch document makes of an object: close enough to kustomize to tell whether it changes anything, never used to render.
 * Returns the same reference when nothing was changed, and nothing when the object is deleted.
 */
export function applyPatch(document: PatchDocument, object: KubeObject): KubeObject | undefined {
  const result =
    document.type === 'json'
      ? document.operations.reduce<unknown>(applyOperation, object)
      : mergeValue(object, withoutIdentity(document.value), isBuiltIn(object.apiVersion));
  return sameValue(result, object) ? object : (result as KubeObject | undefined);
}

/** Kinds whose list merge keys kustomize knows; lists of all other kinds are replaced whole. */
export function isBuiltIn(apiVersion: string): boolean {
  const group = groupOf(apiVersion);
  return !group.includes('.') || group.endsWith('.k8s.io');
}

/** Name, namespace and type of a merge patch only say which object is meant. */
function withoutIdentity({
  apiVersion: _a,
  kind: _k,
  metadata,
  ...rest
}: Record<string, unknown>): Record<string, unknown> {
  if (!isRecord(metadata)) return rest;
  const { name: _n, namespace: _s, ...others } = metadata;
  return Object.keys(others).length > 0 ? { ...rest, metadata: others } : rest;
}

function mergeValue(target: unknown, patch: unknown, mergesLists: boolean): unknown {
  if (Array.isArray(patch)) return Array.isArray(target) && mergesLists ? mergeList(target, patch) : patch;
  if (!isRecord(patch)) return patch;
  if (patch['$patch'] === 'delete') return undefined;
  const { $patch: directive, ...fields } = patch;
  const merged: Record<string, unknown> = isRecord(target) && directive !== 'replace' ? { ...target } : {};
  for (const [key, value] of Object.entries(fields)) {
    const result = value === null ? undefined : mergeValue(merged[key], value, mergesLists);
    if (result === undefined) delete merged[key];
    else merged[key] = result;
  }
  return merged;
}

function mergeList(target: readonly unknown[], patch: readonly unknown[]): unknown[] {
  if (patch.some((item) => isRecord(item) && item['$patch'] === 'replace'))
    return patch.filter((item) => !isRecord(item) || item['$patch'] !== 'replace');
  const elements = [...target, ...patch];
  const key = LIST_KEYS.find(
    (name) => elements.length > 0 && elements.every((item) => isRecord(item) && item[name] !== undefined),
  );
  if (!key) return [...patch];
  const result = [...target];
  for (const item of patch as Record<string, unknown>[]) {
    const index = result.findIndex((other) => isRecord(other) && other[key] === item[key]);
    const merged = mergeValue(result[index], item, true);
    if (index < 0) result.push(merged);
    else if (merged === undefined) result.splice(index, 1);
    else result[index] = merged;
  }
  return result;
}

/** One RFC 6902 operation on plain data; an operation that does not apply leaves the value as it is (kustomize then fails). */
export function applyOperation(root: unknown, { op, path, value }: Change): unknown {
  if (op === 'test') return root;
  const [step, ...rest] = path;
  if (step === undefined) return op === 'remove' ? undefined : value;
  if (Array.isArray(root)) {
    const index = step === '-' ? root.length : Number(step);
    if (rest.length > 0)
      return root.with(Math.min(index, root.length - 1), applyOperation(root[index], { op, path: rest, value }));
    if (op === 'remove') return root.toSpliced(index, 1);
    return op === 'add' ? root.toSpliced(index, 0, value) : index < root.length ? root.with(index, value) : root;
  }
  if (!isRecord(root)) return root;
  if (rest.length > 0)
    return step in root ? { ...root, [step]: applyOperation(root[step], { op, path: rest, value }) } : root;
  const { [step]: _removed, ...others } = root;
  return op === 'remove' ? others : { ...root, [step]: value };
}
