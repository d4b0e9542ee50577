import type { FieldPath } from '../resources/kube-object.ts';
import { LIST_KEYS } from '../resources/list-keys.ts';
import { isRecord, sameValue } from '../resources/value.ts';

/** A key of a map, an index, or the element of a list that has this value under this key (or is this value, without a key). */
export type Step = string | number | { key?: string; is: unknown };

/** A field as one of the two sides has it. */
export interface Held {
  /** Where it stands there, by index. */
  at: FieldPath;
  value: unknown;
}

/** One field that differs: only `after` where it is new, only `before` where it went. */
export interface FieldChange {
  path: readonly Step[];
  before?: Held;
  after?: Held;
}

/** The smallest fields that differ, maps in the order of their keys. Elements of lists are told apart as Kubernetes does it. */
export function fieldChanges(before: unknown, after: unknown): FieldChange[] {
  return compare([], { at: [], value: before }, { at: [], value: after });
}

function compare(path: readonly Step[], before: Held, after: Held): FieldChange[] {
  const [old, now] = [before.value, after.value];
  if (sameValue(old, now)) return [];
  if (isRecord(old) && isRecord(now)) {
    return [...new Set([...Object.keys(old), ...Object.keys(now)])]
      .sort()
      .flatMap((key) => compareChild([...path, key], child(before, key), child(after, key)));
  }
  const steps = Array.isArray(old) && Array.isArray(now) ? elementSteps(old, now) : undefined;
  if (!steps && isPairwise(old, now)) {
    return old.flatMap((_, index) => compareChild([...path, index], child(before, index), child(after, index)));
  }
  if (!steps) return [{ path, before, after }];
  const [olds, nows] = steps.map((list) => new Map(list.map((step, index) => [nameOf(step), index])));
  return mergeOrder(steps).flatMap((step) =>
    compareChild([...path, step], child(before, olds?.get(nameOf(step))), child(after, nows?.get(nameOf(step)))),
  );
}

function compareChild(path: readonly Step[], before: Held | undefined, after: Held | undefined): FieldChange[] {
  if (before && after) return compare(path, before, after);
  return [{ path, ...(before ? { before } : {}), ...(after ? { after } : {}) }];
}

function child({ at, value }: Held, step: string | number | undefined): Held | undefined {
  if (step === undefined || !Object.hasOwn(value as object, step)) return undefined;
  return { at: [...at, step], value: (value as Record<string | number, unknown>)[step] };
}

type Steps = [before: Step[], after: Step[]];

/** A step for each element of both lists, `undefined` where they cannot be told apart or changed places: then the list is one value. */
function elementSteps(before: readonly unknown[], after: readonly unknown[]): Steps | undefined {
  const both = [...before, ...after];
  if (before.length === 0 || after.length === 0) return undefined;
  const key = both.every(isRecord) ? LIST_KEYS.find((name) => both.every((one) => isScalar(one[name]))) : undefined;
  if (key === undefined && !both.every(isScalar)) return undefined;
  const stepOf = (item: unknown): Step =>
    key === undefined ? { is: item } : { key, is: (item as Record<string, unknown>)[key] };
  const steps: Steps = [before.map(stepOf), after.map(stepOf)];
  const [olds, nows] = steps.map((list) => list.map(nameOf)) as [string[], string[]];
  const isUnique = [olds, nows].every((names) => new Set(names).size === names.length);
  const [oldNames, newNames] = [new Set(olds), new Set(nows)];
  const isInOrder = sameValue(
    olds.filter((name) => newNames.has(name)),
    nows.filter((name) => oldNames.has(name)),
  );
  return isUnique && isInOrder ? steps : undefined;
}

/** Lists of maps that have no names: rules, and the like. Of the same length, they are compared by position. */
function isPairwise(old: unknown, now: unknown): old is unknown[] {
  return Array.isArray(old) && Array.isArray(now) && old.length === now.length && [...old, ...now].every(isRecord);
}

/** What went before what came: elements of the old list, then the new ones. */
function mergeOrder([before, after]: Steps): Step[] {
  const known = new Set(before.map(nameOf));
  return [...before, ...after.filter((step) => !known.has(nameOf(step)))];
}

function nameOf(step: Step): string {
  return JSON.stringify(typeof step === 'object' ? step.is : step);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** `spec.template.spec.containers[app].image`, `metadata.labels["ai-spm.io/ring"]`. */
export function fieldText(path: readonly Step[]): string {
  const texts = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    // A plain element is a value, and may be secret (`--password=...`).
    if (typeof step !== 'string') return step.key === undefined ? '[]' : `[${String(step.is)}]`;
    return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return texts.join('').replace(/^\./, '');
}
