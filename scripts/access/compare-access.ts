import type { FieldPath, RenderedObject } from '../resources/kube-object.ts';
import type { Workload } from '../resources/workloads.ts';
import type { DeclaredEdge } from './declared-edges.ts';
import { covers } from './pattern.ts';
import { appliesTo, type Grant, type Policy } from './policy-grants.ts';

/** Requests as the product of two lists; a list that says nothing is `['*']`. */
interface Requests {
  methods: readonly string[];
  paths: readonly string[];
}

export interface Undeclared {
  policy: RenderedObject;
  path: FieldPath;
  workload: Workload;
  principal: string;
  /** What of the grant no edge declares. */
  requests: string[];
  port: string;
}

export interface Ungranted {
  edge: DeclaredEdge;
  /** Below the edge. */
  path: FieldPath;
  requests: string[];
  principal: string;
}

/** What edges declare and no ALLOW policy grants. A workload with a policy that cannot be compared, or with none, is left out. */
export function ungranted(edges: readonly DeclaredEdge[], policies: readonly Policy[]): Ungranted[] {
  return edges.flatMap((edge) => {
    const { methods = ['*'], paths = ['*'] } = edge.edge;
    if (edge.principals.includes('*')) return [];
    return edge.callees.flatMap(({ workload, port }) => {
      const applied = policies.filter((policy) => policy.isAllow && appliesTo(policy, workload));
      const grants = applied.flatMap((policy) => policy.grants ?? []);
      if (applied.length === 0 || applied.some((policy) => !policy.grants)) return [];
      return edge.principals.flatMap((principal) => {
        const fitting = grants.filter(
          (grant) =>
            grant.principals.some(({ name }) => covers(name, principal)) &&
            grant.ports.some((one) => one === '*' || one === String(port)),
        );
        const left = uncovered({ methods, paths }, fitting);
        return left.length > 0 ? [{ edge, principal, ...place({ methods, paths }, left) }] : [];
      });
    });
  });
}

interface Declared {
  principals: readonly string[];
  port: string;
  requests: Requests;
}

/** What ALLOW policies grant and no edge declares. A policy of another action may take it back: such workloads are left out. */
export function undeclared(
  edges: readonly DeclaredEdge[],
  policies: readonly Policy[],
  workloads: readonly Workload[],
): Undeclared[] {
  return workloads.flatMap((workload) => {
    const applied = policies.filter((policy) => appliesTo(policy, workload));
    if (applied.some(({ isAllow }) => !isAllow)) return [];
    const declared = edges.flatMap(({ edge: { methods = ['*'], paths = ['*'] }, principals, callees }) =>
      callees
        .filter((callee) => callee.workload === workload)
        .map(({ port }) => ({ principals, port: String(port), requests: { methods, paths: paths.map(everyPath) } })),
    );
    return applied.flatMap(({ object, grants = [] }) => {
      const found = grants.flatMap((grant) => beyond(grant, declared));
      // The operations of one rule repeat a caller that may do none of them.
      const once = found.filter(({ path }, index) => found.findIndex((other) => other.path === path) === index);
      return once.map((extra) => ({ ...extra, policy: object, workload }));
    });
  });
}

type Excess = Omit<Undeclared, 'policy' | 'workload'>;

function beyond(grant: Grant, declared: readonly Declared[]): Excess[] {
  const isForAnyone = ({ principals }: Declared) => principals.includes('*');
  const open = new Set(declared.filter(isForAnyone).map(({ port }) => port));
  const ports = grant.ports.filter((port) => !open.has(port));
  const granted = { methods: grant.methods, paths: grant.paths.map(everyPath) };
  return grant.principals.flatMap(({ name: principal, path }): Excess[] => {
    const ofCaller = declared.filter((one) => !isForAnyone(one) && one.principals.includes(principal));
    if (ports.length > 0 && ofCaller.length === 0) return [{ principal, path, port: ports.join(', '), requests: [] }];
    return ports.flatMap((port) => {
      const left = uncovered(
        granted,
        ofCaller.filter((one) => one.port === port).map(({ requests }) => requests),
      );
      if (left.length === 0) return [];
      const found = place(granted, left);
      return [{ principal, port, requests: found.requests, path: [...grant.path, ...found.path] }];
    });
  });
}

/** Every path of a request begins with `/`. */
function everyPath(path: string): string {
  return path === '/*' ? '*' : path;
}

type Request = readonly [method: string, path: string];

function uncovered({ methods, paths }: Requests, by: readonly Requests[]): Request[] {
  const all = methods.flatMap((method) => paths.map((path): Request => [method, path]));
  return all.filter(
    ([method, path]) =>
      !by.some(
        (one) => one.methods.some((outer) => covers(outer, method)) && one.paths.some((outer) => covers(outer, path)),
      ),
  );
}

/** The one method, or the one path, that makes the difference; else the whole. */
function place({ methods, paths }: Requests, left: readonly Request[]): { path: FieldPath; requests: string[] } {
  const requests = left
    .map((request) => request.filter((part) => part !== '*').join(' '))
    .filter((text) => text !== '');
  const method = new Set(left.map(([one]) => one));
  const path = new Set(left.map(([, one]) => one));
  if (left.length === methods.length * paths.length) return { path: [], requests };
  if (method.size === 1 && left.length === paths.length)
    return { path: ['methods', methods.indexOf([...method].join())], requests };
  if (path.size === 1 && left.length === methods.length)
    return { path: ['paths', paths.indexOf([...path].join())], requests };
  return { path: [], requests };
}
