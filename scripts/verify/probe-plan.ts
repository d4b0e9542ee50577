import { type AccessEdge, OUTSIDE_CALLERS } from '../access/access-file.ts';
import { requestsTo } from './probe-requests.ts';

/** One real request, and whether the declared access lets it pass. */
export interface Probe {
  id: string;
  /**
   * A workload, `namespace/account`, `ingress` (through the public gateway), `prometheus`, `outside` (a pod without identity), or
   * `intruder`.
   */
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

/**
 * In the mesh, with an identity that nobody declares and without a Sidecar that holds it back: what it is refused, it is refused by the
 * policy of the callee. Workloads are stopped by their own Sidecar before they reach one that they have no edge to.
 */
export const INTRUDER = 'intruder';
/** Without an identity. */
const OUTSIDE = 'outside';
const NO_WORKLOADS: readonly string[] = [...OUTSIDE_CALLERS, OUTSIDE, INTRUDER];
/** A name that nobody declares by accident. */
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

/** In words, as in `web -> api port 81 GET /run`. */
export function describeProbe({ from, to, port, http, onPod, serverName }: Probe): string {
  const target = `\`${from}\` -> ${onPod ? 'a pod of ' : ''}\`${to}\` port ${port}`;
  const name = serverName && serverName !== to ? ` as \`${serverName}\`` : '';
  return `${target}${name}${http ? ` ${http.method} ${http.path}` : ''}`;
}

/** Prometheus reads the metrics of the proxies, and nobody else. */
function planMetrics(edges: readonly AccessEdge[]): Omit<Probe, 'id'>[] {
  return edges.flatMap(({ from, to, port }, edge) => {
    if (from !== 'prometheus') return [];
    const request = { to, port, http: METRICS, onPod: true as const };
    return [
      { ...request, from, edge },
      { ...request, from: OUTSIDE },
    ];
  });
}

/** Hosts outside the cluster are reached by those that declare them, and no other name is reached at the same address. */
function planOutward(edges: readonly AccessEdge[]): Omit<Probe, 'id'>[] {
  const outward = edges.filter(({ to }) => to.includes('.'));
  const hosts = new Map(outward.map(({ to, port }) => [`${to}:${port}`, { to, port }]));
  // What others may call beside, their own namespace says.
  const foreign = edges.flatMap(({ from, to, port }, edge) =>
    from.includes('/') && to.includes('.') ? [{ from, to, port, serverName: to, edge }] : [],
  );
  const own = workloadsOf(edges).flatMap((from) =>
    [...hosts.values()].flatMap(({ to, port }) => {
      const edge = edges.findIndex((one) => one.from === from && one.to === to && one.port === port);
      return [
        { from, to, port, serverName: to, ...(edge < 0 ? {} : { edge }) },
        { from, to, port, serverName: UNDECLARED_HOST },
      ];
    }),
  );
  return [...own, ...foreign];
}

/** All that the edges name and that runs here: of `namespace/account` another repository takes care. */
export function workloadsOf(edges: readonly AccessEdge[]): string[] {
  return callersOf(edges).filter(isWorkload);
}

/** Whether a caller is one of the workloads, which all live in one namespace. */
export function isWorkload(caller: string): boolean {
  return !caller.includes('/') && !NO_WORKLOADS.includes(caller);
}

function callersOf(edges: readonly AccessEdge[]): string[] {
  const names = inMesh(edges).flatMap(({ from, to }) => [from, to]);
  return [...new Set(names)].filter((name) => name !== 'ingress');
}

function inMesh(edges: readonly AccessEdge[]): AccessEdge[] {
  return edges.filter(({ from, to }) => from !== 'prometheus' && from !== 'kubelet' && !to.includes('.'));
}

/**
 * For each caller and each port of a workload: every declared kind of request to that port, and some that nobody declares. What a caller
 * has no edge for must be refused.
 */
function planInMesh(edges: readonly AccessEdge[]): Omit<Probe, 'id'>[] {
  const ports = new Map(inMesh(edges).map(({ to, port }) => [`${to}:${port}`, { to, port }]));
  const probes: Omit<Probe, 'id'>[] = [];
  for (const from of [...callersOf(edges), OUTSIDE, INTRUDER]) {
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
