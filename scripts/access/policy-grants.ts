import { isPresent, recordOf } from '../resources/fields.ts';
import type { FieldPath, RenderedObject } from '../resources/kube-object.ts';
import { matchesLabels, parseSelector } from '../resources/selectors.ts';
import { isRecord } from '../resources/value.ts';
import type { Workload } from '../resources/workloads.ts';

/** One operation of a rule, and who may do it. A list that the policy leaves out is `['*']`. */
export interface Grant {
  principals: readonly { name: string; path: FieldPath }[];
  ports: readonly string[];
  methods: readonly string[];
  paths: readonly string[];
  /** Of the operation in the policy; of the rule where it names none. */
  path: FieldPath;
}

export interface Policy {
  object: RenderedObject;
  isAllow: boolean;
  /** Absent where the policy says more than callers, ports, methods and paths. */
  grants: readonly Grant[] | undefined;
}

const ROOT_NAMESPACE = 'istio-system';
const ANY = ['*'];

export function readPolicy(object: RenderedObject): Policy {
  const spec = recordOf(object.value['spec']);
  const action = spec['action'] ?? 'ALLOW';
  const isPlain = hasOnly(spec, ['selector', 'action', 'rules']);
  return { object, isAllow: action === 'ALLOW', grants: isPlain ? grantsOf(spec['rules']) : undefined };
}

/** A policy holds for the pods of its namespace that it selects; in the root namespace of the mesh for those of every namespace. */
export function appliesTo({ object }: Policy, { namespace, template }: Workload): boolean {
  const home = object.ref.namespace ?? '';
  const selector = recordOf(object.value['spec'])['selector'];
  const isNear = home === namespace || home === ROOT_NAMESPACE;
  return isNear && (!isPresent(selector) || matchesLabels(parseSelector(selector), template.labels));
}

/** A policy without rules grants nothing; a rule without `from` is for everyone, one without `to` for everything. */
function grantsOf(rules: unknown): Grant[] | undefined {
  if (!isPresent(rules)) return [];
  if (!Array.isArray(rules)) return undefined;
  return all(
    rules.map((rule: unknown, index) => {
      const path = ['spec', 'rules', index];
      if (!isRecord(rule) || !hasOnly(rule, ['from', 'to'])) return undefined;
      const principals = principalsOf(rule['from'], [...path, 'from']);
      const operations = operationsOf(rule['to'], path);
      return principals && operations?.map((operation) => ({ ...operation, principals }));
    }),
  );
}

function principalsOf(from: unknown, path: FieldPath): Grant['principals'] | undefined {
  if (!isPresent(from)) return [{ name: '*', path: path.slice(0, -1) }];
  if (!Array.isArray(from)) return undefined;
  return all(
    from.map((entry: unknown, index) => {
      const source = recordOf(recordOf(entry)['source']);
      const names = hasOnly(source, ['principals']) ? list(source['principals']) : undefined;
      return names?.map((name, at) => ({ name, path: [...path, index, 'source', 'principals', at] }));
    }),
  );
}

function operationsOf(to: unknown, rule: FieldPath): Omit<Grant, 'principals'>[] | undefined {
  if (!isPresent(to)) return [{ ports: ANY, methods: ANY, paths: ANY, path: rule }];
  if (!Array.isArray(to)) return undefined;
  return all(
    to.map((entry: unknown, index) => {
      const operation = recordOf(recordOf(entry)['operation']);
      if (!hasOnly(operation, ['ports', 'methods', 'paths'])) return undefined;
      const [ports, methods, paths] = ['ports', 'methods', 'paths'].map((field) =>
        isPresent(operation[field]) ? list(operation[field]) : ANY,
      );
      // Path templates (`/a/{*}`) are no patterns that can be compared here.
      if (!ports || !methods || !paths || paths.some((one) => one.includes('{'))) return undefined;
      return [{ ports, methods, paths, path: [...rule, 'to', index, 'operation'] }];
    }),
  );
}

/** All lists in one, `undefined` where any of them is. */
function all<T>(lists: readonly (readonly T[] | undefined)[]): T[] | undefined {
  return lists.every((one) => one !== undefined) ? lists.flat() : undefined;
}

function list(value: unknown): string[] | undefined {
  const isTexts = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  return isTexts ? value : undefined;
}

function hasOnly(value: Readonly<Record<string, unknown>>, fields: readonly string[]): boolean {
  return Object.keys(value).every((field) => fields.includes(field));
}
