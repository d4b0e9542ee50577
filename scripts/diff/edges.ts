import { accessSchema } from '../access/access-file.ts';
import { covers } from '../access/pattern.ts';
import { appliesTo, readPolicy } from '../access/policy-grants.ts';
import type { RenderedObject } from '../resources/kube-object.ts';
import { indexTarget } from '../resources/target-index.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { plainFile } from '../yaml/plain-file.ts';

/** One caller, one callee, one kind of request; `*` is any. */
export interface Edge {
  from: string;
  to: string;
  port: string;
  method: string;
  path: string;
}

export interface EdgeChanges {
  gained: Edge[];
  lost: Edge[];
}

const ANY = ['*'];

/** What `base/access.yaml` declares; nothing where it is missing or wrong, which `npm run validate` reports. */
export function declaredEdgesOf(tree: SourceTree): Edge[] {
  const { data } = accessSchema.safeParse(plainFile(tree, 'base/access.yaml'));
  return (data?.edges ?? []).flatMap(({ from, to, port, methods = ANY, paths = ANY }) =>
    product({ from, to }, [String(port)], methods, paths),
  );
}

/**
 * What the AuthorizationPolicies of a target let through. A workload that no ALLOW policy selects is open to anyone (Istio: without ALLOW
 * policies everything is allowed). Network policies, DENY policies and what a policy asks for beyond caller, port, method and path
 * are not counted.
 */
export function grantedEdges(objects: readonly RenderedObject[]): Edge[] {
  const target = indexTarget({ objects });
  const policies = target.ofKind('security.istio.io', 'AuthorizationPolicy').map(readPolicy);
  return target.workloads.flatMap((workload) => {
    const to = `${workload.namespace}/${workload.name}`;
    const allowing = policies.filter((policy) => policy.isAllow && appliesTo(policy, workload));
    if (allowing.length === 0) return product({ from: '*', to }, ANY, ANY, ANY);
    return allowing
      .flatMap(({ grants = [] }) => grants)
      .flatMap(({ principals, ports, methods, paths }) =>
        principals.flatMap(({ name }) => product({ from: accountOf(name), to }, ports, methods, paths)),
      );
  });
}

function product(
  ends: Pick<Edge, 'from' | 'to'>,
  ports: readonly string[],
  methods: readonly string[],
  paths: readonly string[],
): Edge[] {
  return ports.flatMap((port) =>
    // Every path begins with `/`.
    methods.flatMap((method) => paths.map((path) => ({ ...ends, port, method, path: path === '/*' ? '*' : path }))),
  );
}

/** `ai-spm/api-gateway` for the identity that a pod with this service account has. */
function accountOf(principal: string): string {
  return principal.replace(/^cluster\.local\/ns\/([^/]+)\/sa\/([^/]+)$/, '$1/$2');
}

/** Requests that only one side lets through: one that is widened is gained, and nothing is lost. */
export function edgeChanges(before: readonly Edge[], after: readonly Edge[]): EdgeChanges {
  return { gained: beyond(after, before), lost: beyond(before, after) };
}

function beyond(edges: readonly Edge[], others: readonly Edge[]): Edge[] {
  const left = edges.filter((edge) => !others.some((other) => includes(other, edge)));
  const seen = new Map(left.map((edge) => [edgeKey(edge), edge]));
  return [...seen.values()];
}

function includes(outer: Edge, inner: Edge): boolean {
  return (
    outer.to === inner.to &&
    (['from', 'port', 'method', 'path'] as const).every((one) => covers(outer[one], inner[one]))
  );
}

export function edgeKey({ from, to, port, method, path }: Edge): string {
  return [from, to, port, method, path].join('\n');
}

/** Lines such as `ai-spm/api-gateway → ai-spm/ai-scanner port 8001: GET, POST /scan/*`, one for each caller, callee, port and path. */
export function edgeTexts(edges: readonly Edge[]): string[] {
  const lines = new Map<string, { edge: Edge; methods: string[] }>();
  for (const edge of edges) {
    const key = edgeKey({ ...edge, method: '' });
    const line = lines.get(key) ?? { edge, methods: [] };
    line.methods.push(edge.method);
    lines.set(key, line);
  }
  return [...lines.values()].map(({ edge: { from, to, port, path }, methods }) => {
    const isAnyMethod = methods.includes('*');
    const method = isAnyMethod ? 'any method' : methods.join(', ');
    const request = isAnyMethod && path === '*' ? 'any request' : `${method} ${path === '*' ? 'on any path' : path}`;
    return `${from === '*' ? 'anyone' : from} → ${to}${port === '*' ? '' : ` port ${port}`}: ${request}`;
  });
}
