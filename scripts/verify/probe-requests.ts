import type { AccessEdge } from '../access/access-file.ts';
import { covers } from '../access/pattern.ts';
import type { Probe } from './probe-plan.ts';

/** What nobody declares by accident. */
const UNDECLARED_PATH = '/ai-spm-verify/undeclared';
/** In the order in which one that is not declared is looked for: those first that do most harm. */
const METHODS = ['DELETE', 'PUT', 'PATCH', 'POST', 'OPTIONS', 'HEAD', 'GET'] as const;

/** What one caller sends to one port: all that anybody may send there, a path that nobody may, and methods that it may not. */
export function requestsTo(edges: readonly AccessEdge[], from: string, to: string, port: number): Omit<Probe, 'id'>[] {
  const declared = edges.filter((edge) => edge.to === to && edge.port === port);
  const probe = { from, to, port };
  if (declared.every(({ paths, methods }) => !paths && !methods)) {
    return [{ ...probe, ...withEdge(edges.findIndex((edge) => isBetween(edge, probe))) }];
  }
  const edgeOf = (method: string, path: string) =>
    edges.findIndex((edge) => isBetween(edge, probe) && allows(edge, method, path));
  const requests = new Map<string, { method: string; path: string }>();
  const add = (method: string, path: string) => requests.set(`${method} ${path}`, { method, path });
  for (const { methods = ['GET'], paths = ['/*'] } of declared) {
    for (const method of methods) for (const pattern of paths) add(method, exampleOf(pattern));
  }
  add('GET', UNDECLARED_PATH);
  add('DELETE', UNDECLARED_PATH);
  // Its Sidecar lets it reach the callee: whether the policy there looks at the method is seen only from here.
  for (const pattern of edges.filter((edge) => isBetween(edge, probe)).flatMap(({ paths = ['/*'] }) => paths)) {
    const path = exampleOf(pattern);
    const method = METHODS.find((one) => edgeOf(one, path) < 0);
    if (method) add(method, path);
  }
  return [...requests.values()].map((http) => ({ ...probe, http, ...withEdge(edgeOf(http.method, http.path)) }));
}

function isBetween(edge: AccessEdge, { from, to, port }: Pick<Probe, 'from' | 'to' | 'port'>): boolean {
  return edge.from === from && edge.to === to && edge.port === port;
}

function allows({ methods, paths }: AccessEdge, method: string, path: string): boolean {
  return (
    (!methods || methods.some((one) => one === method)) && (!paths || paths.some((pattern) => covers(pattern, path)))
  );
}

function exampleOf(pattern: string): string {
  return pattern.replace('*', 'ai-spm-verify');
}

function withEdge(index: number): { edge?: number } {
  return index < 0 ? {} : { edge: index };
}
