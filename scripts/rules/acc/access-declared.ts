import { type AccessEdge, accessSchema, OUTSIDE_CALLERS } from '../../access/access-file.ts';
import type { RenderedObject } from '../../resources/kube-object.ts';
import { nearest } from '../../resources/nearest.ts';
import { valueAt } from '../../resources/value.ts';
import { locate, rangeOf } from '../../yaml/locate.ts';
import { didYouMean } from '../../yaml/schema-words.ts';
import { validateYaml } from '../../yaml/validate-yaml.ts';
import { positionAt } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceProblem, SourceRule } from '../rule.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  selector: { app: web }\n  ports: [{ name: http, port: 8080 }]\n';

function tree(access: string): Record<string, string> {
  return {
    'base/kustomization.yaml': `${HEAD}resources: [service.yaml]\n`,
    'base/service.yaml': SERVICE,
    'base/access.yaml': access,
    'overlays/demo/kustomization.yaml': `${HEAD}resources: [../../base]\nnamePrefix: demo-\n`,
  };
}

const EDGE = (to: string, port: number) => `edges:\n  - { from: ingress, to: ${to}, port: ${port} }\n`;

const invalid: CodeInfo = {
  code: 'ACC001',
  slug: 'access-invalid',
  severity: 'error',
  title: 'base/access.yaml is not valid',
  why: 'It is the one place that says who may call whom; what it does not say correctly cannot be compared with the policies.',
  fix: 'Correct the field; schemas/access.schema.json describes all of them.',
  bad: tree('edges:\n  - { from: ingress, to: web, ports: 8080 }\n'),
  good: tree(EDGE('web', 8080)),
};

const unknownEnd: CodeInfo = {
  code: 'ACC002',
  slug: 'access-end-unknown',
  severity: 'error',
  title: 'an edge names a caller or callee that does not exist',
  why: 'The edge describes nothing: it was misspelt, or the workload is gone and its permissions should go too.',
  fix: 'Use the name of a Service of base, a host of a ServiceEntry, or `ingress`, `prometheus`, `kubelet`.',
  bad: tree(EDGE('webb', 8080)),
  good: tree(EDGE('web', 8080)),
};

const unknownPort: CodeInfo = {
  code: 'ACC003',
  slug: 'access-port-unknown',
  severity: 'error',
  title: 'an edge names a port that the callee does not offer',
  why: 'No request can take this edge, so a policy for it opens nothing that anyone needs.',
  fix: 'Use the port of the Service (not of the container), or of the ServiceEntry.',
  bad: tree(EDGE('web', 8081)),
  good: tree(EDGE('web', 8080)),
};

const unlisted: CodeInfo = {
  code: 'ACC004',
  slug: 'access-workload-unlisted',
  severity: 'error',
  title: 'no edge leads to a Service of base',
  why: 'Everything that is not listed is denied: nobody can call the workload, and nobody has said who should.',
  fix: 'Add the edges of the workload to base/access.yaml.',
  bad: {
    ...tree(EDGE('web', 8080)),
    'base/service.yaml': `${SERVICE}---\n${SERVICE.replace('name: web', 'name: api')}`,
  },
  good: tree(EDGE('web', 8080)),
};

const FILE = 'base/access.yaml';
const BASE = 'base';

/** The declared intent names only what exists; whether the policies grant exactly it is computed elsewhere. */
export const accessDeclaredRule: SourceRule = {
  codes: [invalid, unknownEnd, unknownPort, unlisted],
  *check({ repository, objectsOf }): Generator<SourceProblem> {
    const file = repository.files.find(({ path }) => path === FILE);
    const base = repository.layers.find(({ folder }) => folder === BASE);
    if (!file && base) {
      const source = { file: base.file.path, line: 1, column: 1 };
      yield { code: invalid, source, message: `${FILE} is missing: nobody has said who may call whom` };
    }
    if (!file || file.problems.length > 0) return;
    const { value, issues } = validateYaml(file, accessSchema);
    for (const issue of issues) yield { code: invalid, ...issue };
    const objects = objectsOf(BASE);
    if (!value || !objects) return;

    const ports = portsByEnd(objects);
    const known = [...ports.keys()].join(', ');
    const at = (...path: (string | number)[]) => {
      const located = locate(file.documents[0]?.contents ?? null, path);
      return positionAt(file, located ? rangeOf(located) : [0, 0]);
    };
    const edges = value.edges.map(edgeKey);
    for (const [index, { from, to, port }] of value.edges.entries()) {
      const first = edges.indexOf(edges[index] ?? '');
      if (first < index)
        yield {
          code: invalid,
          source: at('edges', index),
          message: `edge ${index + 1} is the same as edge ${first + 1}`,
          fix: 'Remove one of the two.',
        };
      const isCaller = ports.has(from) || OUTSIDE_CALLERS.some((caller) => caller === from) || from.includes('/');
      if (!isCaller)
        yield {
          code: unknownEnd,
          source: at('edges', index, 'from'),
          message: `\`${from}\` is not a workload of base (${known})${didYouMean(nearest(from, [...ports.keys(), ...OUTSIDE_CALLERS]))}`,
        };
      const offered = ports.get(to);
      if (!offered)
        yield {
          code: unknownEnd,
          source: at('edges', index, 'to'),
          message: `\`${to}\` is neither a workload of base nor an external host (${known})${didYouMean(nearest(to, ports.keys()))}`,
        };
      else if (!isPodPort(from) && !offered.has(port)) {
        yield {
          code: unknownPort,
          source: at('edges', index, 'port'),
          message: `\`${to}\` has no port ${port}, it has ${[...offered].join(', ') || 'none'}`,
        };
      }
    }
    const listed = new Set(value.edges.map(({ to }) => to));
    for (const name of ports.keys()) {
      if (!listed.has(name)) yield { code: unlisted, source: at('edges'), message: `nothing may call \`${name}\`` };
    }
  },
};

/** The same for edges that say the same, in whatever order. */
function edgeKey({ from, to, port, methods, paths }: AccessEdge): string {
  return JSON.stringify([from, to, port, methods?.toSorted(), paths?.toSorted()]);
}

/** Prometheus and the kubelet reach the pod itself, not the Service. */
function isPodPort(from: string): boolean {
  return from === 'prometheus' || from === 'kubelet';
}

/** Service ports by the name of the Service, and by host for what ServiceEntries name. Headless twins of a Service are not ends. */
function portsByEnd(objects: readonly RenderedObject[]): Map<string, Set<number>> {
  const ends = new Map<string, Set<number>>();
  for (const { ref, value } of objects) {
    const ports = valueAt(value, ['spec', 'ports']);
    const numbers = new Set(
      Array.isArray(ports)
        ? ports.flatMap((port: { port?: number; number?: number }) => port.port ?? port.number ?? [])
        : [],
    );
    if (ref.kind === 'Service' && valueAt(value, ['spec', 'clusterIP']) !== 'None') ends.set(ref.name, numbers);
    const hosts = valueAt(value, ['spec', 'hosts']);
    if (ref.kind === 'ServiceEntry' && Array.isArray(hosts)) for (const host of hosts) ends.set(String(host), numbers);
  }
  return ends;
}
