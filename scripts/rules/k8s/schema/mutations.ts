import { type FieldPath, type KubeObject, toPointer } from '../../../resources/kube-object.ts';
import { isRecord, valueAt } from '../../../resources/value.ts';

/** For tests: one change to one field of an object. */
export interface Mutation {
  name: string;
  /** Changes the container of the field in place. @returns the path at which the change now shows */
  apply(container: Record<string | number, unknown>, field: string | number): string | number | undefined;
}

/** One value of every type that YAML knows. */
const VALUES: readonly unknown[] = ['text', 7, 7.5, true, [1], { x: 1 }];

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'delete',
    apply(container, field) {
      if (Array.isArray(container)) container.splice(Number(field), 1);
      else delete container[field];
      return undefined;
    },
  },
  {
    name: 'rename',
    apply(container, field) {
      if (Array.isArray(container)) return field;
      const renamed = `${field}X`;
      container[renamed] = container[field];
      delete container[field];
      return renamed;
    },
  },
  ...VALUES.map((value) => ({
    name: `replace by ${JSON.stringify(value)}`,
    apply(container: Record<string | number, unknown>, field: string | number) {
      container[field] = structuredClone(value);
      return field;
    },
  })),
];

/** Paths to every field and element of an object, but for those that say which object it is. */
export function fieldPaths(object: KubeObject): FieldPath[] {
  const identity = ['/apiVersion', '/kind', '/metadata', '/metadata/name'];
  return pathsBelow(object, []).filter((path) => !identity.includes(toPointer(path)));
}

function pathsBelow(value: unknown, path: FieldPath): FieldPath[] {
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : isRecord(value)
      ? Object.entries(value)
      : [];
  return entries.flatMap(([step, child]) => [[...path, step], ...pathsBelow(child, [...path, step])]);
}

export interface Mutant {
  object: KubeObject;
  /** The changed field, or what contained it if it is gone. */
  path: FieldPath;
}

export function mutate(object: KubeObject, path: FieldPath, mutation: Mutation): Mutant {
  const copy = structuredClone(object);
  const container = path.slice(0, -1);
  const field = mutation.apply(
    valueAt(copy, container) as Record<string | number, unknown>,
    path.at(-1) as string | number,
  );
  return { object: copy, path: field === undefined ? container : [...container, field] };
}
