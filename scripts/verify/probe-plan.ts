import type { AccessEdge } from '../access/access-file.ts';
import { covers } from '../access/pattern.ts';

/** One real request, and whether the declared access lets it pass. */
export interface Probe {
  id: string;
  /** A workload, `ingress` (through the public gateway), `prometheus`, or `outside` (a pod without identity). */
  from: string;
  /** A workload, or a host outside the cluster. */
  to: string;
  port: number;
  /** Absent for a port that speaks no HTTP. */
  http?: { method: string; path: string };
  /** The request goes to a pod of the workload, past its Service and its proxy. */
  onPod?: true;
  /** The request is TLS to a host outside the cluster, under this name. */
  serverName?: string;
  /** The declaring edge, by its index; absent when the request must be refused. */
  edge?: number;
}

/** What nobody declares by accident. */
const UNDECLARED_PATH = '/ai-spm-verify/undeclared';
const UNDECLARED_HOST = 'undeclared.ai-spm-verify.example';
/** Both ports answer to it. */
const METRICS = { method: 'GET', path: '/stats/prometheus' };

/** Edges of the kubelet are not among them: its own probes show them, by the readiness of the pods. */
export function planProbes(edges: readonly AccessEdge[]): Probe[] {
  return [...planInMesh(edges), ...planMetrics(edges), ...planOutward(edges)].map((probe, index) => ({
    id: `p${index + 1}`,
    ...probe,
  }));
}

/** Prometheus reads the metrics of the proxies, and nobody else. */
function planMetrics(edges: readonly AccessEdge[]): Omit<Probe, 'id'>[] {
  return edges.flatMap(({ from, to, port }, edge) => {
    if (from !== 'prometheus') return [];
    const request = { to, port, http: METRICS, onPod: true as const };
    return [
      { ...request, from, edge },
      { ...request, from: 'outside' },
    ];
  });
}

/** Hosts outside the cluster are reached by those that declare them, and no other name is reached at the same address. */
function planOutward(edges: readonly AccessEdge[]): Omit<Probe, 'id'>[] {
  const outward = edges.filter(({ to }) => to.includes('.'));
  const hosts = new Map(outward.map(({ to, port }) => [`${to}:${port}`, { to, port }]));
  return workloadsOf(edges).flatMap((from) =>
    [...hosts.values()].flatMap(({ to, port }) => {
      const edge = edges.findIndex((one) => one.from === from && one.to === to && one.port === port);
      return [
        { from, to, port, serverName: to, ...(edge < 0 ? {} : { edge }) },
        { from, to, port, serverName: UNDECLARED_HOST },
      ];
    }),
  );
}

/** All that the edges name. */
export function workloadsOf(edges: readonly AccessEdge[]): string[] {
  const names = inMesh(edges).flatMap(({ from, to }) => [from, to]);
  return [...new Set(names)].filter((name) => name !== 'ingress');
}

function inMesh(edges: readonly AccessEdge[]): AccessEdge[] {
  return edges.filter(({ from, to }) => from !== 'prometheus' && from !== 'kubelet' && !to.includes('.'));
}

/**
 * For each caller and each port of a workload: every declared kind of request to that port, and one that nobody declares. What a caller
 * has no edge for must be refused.
 */
function planInMesh(edges: readonly AccessEdge[]): Omit<Probe, 'id'>[] {
  const ports = new Map(inMesh(edges).map(({ to, port }) => [`${to}:${port}`, { to, port }]));
  const probes: Omit<Probe, 'id'>[] = [];
  for (const from of [...workloadsOf(edges), 'outside']) {
    for (const { to, port } of ports.values()) {
      if (from !== to) probes.push(...requestsTo(edges, from, to, port));
    }
  }
  for (const { to, port } of ports.values()) {
    if (edges.some((edge) => edge.from === 'ingress' && edge.to === to)) {
      probes.push(...requestsTo(edges, 'ingress', to, port));
    }
  }
  return probes;
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
