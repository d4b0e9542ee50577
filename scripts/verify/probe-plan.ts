import type { AccessEdge } from '../access/access-file.ts';
import { covers } from '../access/pattern.ts';

/** One real request, and whether the declared access lets it pass. */
export interface Probe {
  id: string;
  /** A workload, `ingress` (through the public gateway) or `outside` (a pod without identity). */
  from: string;
  to: string;
  port: number;
  /** Absent for a port that speaks no HTTP. */
  http?: { method: string; path: string };
  /** The declaring edge, by its index; absent when the request must be refused. */
  edge?: number;
}

/** What nobody declares by accident. */
const UNDECLARED_PATH = '/ai-spm-verify/undeclared';

/**
 * For each caller and each port of a workload: every declared kind of request to that port, and one that nobody declares. What a caller
 * has no edge for must be refused.
 */
export function planProbes(edges: readonly AccessEdge[]): Probe[] {
  const inMesh = edges.filter(({ from, to }) => from !== 'prometheus' && from !== 'kubelet' && !to.includes('.'));
  const workloads = [...new Set(inMesh.flatMap(({ from, to }) => [from, to]))].filter((name) => name !== 'ingress');
  const ports = new Map(inMesh.map(({ to, port }) => [`${to}:${port}`, { to, port }]));
  const probes: Omit<Probe, 'id'>[] = [];
  for (const from of [...workloads, 'outside']) {
    for (const { to, port } of ports.values()) {
      if (from !== to) probes.push(...requestsTo(inMesh, from, to, port));
    }
  }
  for (const { to, port } of ports.values()) {
    if (inMesh.some((edge) => edge.from === 'ingress' && edge.to === to)) {
      probes.push(...requestsTo(inMesh, 'ingress', to, port));
    }
  }
  return probes.map((probe, index) => ({ id: `p${index + 1}`, ...probe }));
}

function requestsTo(edges: readonly AccessEdge[], from: string, to: string, port: number): Omit<Probe, 'id'>[] {
  const declared = edges.filter((edge) => edge.to === to && edge.port === port);
  const probe = { from, to, port };
  const edgeOf = (matches: (edge: AccessEdge) => boolean) => {
    const index = edges.findIndex(
      (edge) => edge.from === from && edge.to === to && edge.port === port && matches(edge),
    );
    return index < 0 ? {} : { edge: index };
  };
  if (declared.every(({ paths, methods }) => !paths && !methods)) return [{ ...probe, ...edgeOf(() => true) }];
  const requests = new Map<string, { method: string; path: string }>();
  const add = (method: string, path: string) => requests.set(`${method} ${path}`, { method, path });
  for (const { methods = ['GET'], paths = ['/*'] } of declared) {
    for (const method of methods) for (const pattern of paths) add(method, pattern.replace('*', 'ai-spm-verify'));
  }
  add('GET', UNDECLARED_PATH);
  add('DELETE', UNDECLARED_PATH);
  return [...requests.values()].map((http) => ({
    ...probe,
    http,
    ...edgeOf(
      ({ methods, paths }) =>
        (!methods || methods.some((method) => method === http.method)) &&
        (!paths || paths.some((path) => covers(path, http.path))),
    ),
  }));
}
