import { accessSchema } from '../../access/access-file.ts';
import { undeclared, ungranted } from '../../access/compare-access.ts';
import { declaredEdges } from '../../access/declared-edges.ts';
import { readPolicy } from '../../access/policy-grants.ts';
import { nearest } from '../../resources/nearest.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { fieldSources } from '../../sources/provenance.ts';
import { locate, rangeOf } from '../../yaml/locate.ts';
import { didYouMean } from '../../yaml/schema-words.ts';
import { validateYaml } from '../../yaml/validate-yaml.ts';
import { positionAt } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceProblem, SourceRule } from '../rule.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const WEB = `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { serviceAccountName: web, containers: [{ name: web, image: "web:1.0" }] }
`;

function tree(declaredPaths: string, grantedMethods: string): Record<string, string> {
  return {
    'base/kustomization.yaml': `${HEAD}namespace: demo\nresources: [web.yaml, authorization-policy.yaml]\n`,
    'base/web.yaml': WEB,
    'base/authorization-policy.yaml': `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  rules:
    - from: [{ source: { principals: [cluster.local/ns/istio-ingress/sa/istio-ingressgateway] } }]
      to: [{ operation: { ports: ["8080"], methods: [${grantedMethods}], paths: ["/api/*"] } }]
`,
    'base/access.yaml': `edges:\n  - { from: ingress, to: web, port: 80, methods: [GET], paths: [${declaredPaths}] }\n`,
    'overlays/demo/kustomization.yaml': `${HEAD}resources: [../../base]\nnamePrefix: demo-\n`,
  };
}

const notGranted: CodeInfo = {
  code: 'ACC005',
  slug: 'access-not-granted',
  severity: 'error',
  title: 'an edge is declared and no policy grants it',
  why: 'What no ALLOW policy grants is refused with 403: whoever relies on base/access.yaml calls in vain.',
  fix: 'Grant it in the AuthorizationPolicy of the callee (principal of the caller, port of the container, methods, paths), or take it out of base/access.yaml.',
  bad: tree('"/api/*", "/health"', 'GET'),
  good: tree('"/api/v1/*", "/api/*"', 'GET'),
};

const notDeclared: CodeInfo = {
  code: 'ACC006',
  slug: 'access-undeclared',
  severity: 'error',
  title: 'a policy grants what no edge declares',
  why: 'The policy opens more than base/access.yaml says: access that nobody has asked for or reviewed.',
  fix: 'Take it out of the policy, or declare the edge in base/access.yaml.',
  bad: tree('"/api/*"', 'GET, DELETE'),
  good: tree('"/api/*"', 'GET'),
};

const FILE = 'base/access.yaml';
const BASE = 'base';

/**
 * Declared access and the ALLOW policies of base say the same. Compared are policies of callers, ports, methods and paths;
 * one with conditions, exclusions or another action is not judged here, nor are the workloads that it selects where it could matter.
 */
export const accessGrantedRule: SourceRule = {
  codes: [notGranted, notDeclared],
  *check({ repository, objectsOf }): Generator<SourceProblem> {
    const file = repository.files.find(({ path }) => path === FILE);
    const layer = repository.layers.find(({ folder }) => folder === BASE);
    const objects = objectsOf(BASE);
    const { value } = file ? validateYaml(file, accessSchema) : {};
    if (!file || !layer || !objects || !value) return;

    const target = indexTarget({ objects });
    const policies = target.ofKind('security.istio.io', 'AuthorizationPolicy').map(readPolicy);
    const edges = declaredEdges(value.edges, objects);
    for (const { edge, path, principal, requests } of ungranted(edges, policies)) {
      const { from, to, port } = edge.edge;
      const located = locate(file.documents[0]?.contents ?? null, ['edges', edge.index, ...path]);
      yield {
        code: notGranted,
        source: positionAt(file, located ? rangeOf(located) : [0, 0]),
        message: `no policy lets \`${from}\` (${principal}) call \`${to}\` on port ${port}${listed(requests)}`,
      };
    }

    // An edge that names what base does not have would leave its grant undeclared, and has a finding of its own.
    if (edges.some(isUnresolved)) return;
    const callers = new Set(edges.flatMap(({ principals }) => principals));
    const sourceOf = fieldSources(layer);
    for (const { policy, path, principal, workload, port, requests } of undeclared(edges, policies, target.workloads)) {
      const source = sourceOf(policy.value, path) ?? { file: layer.file.path, line: 1, column: 1 };
      const who = principal === '*' ? 'everyone' : `\`${principal}\``;
      const meant = callers.has(principal) ? undefined : nearest(principal, callers, 2);
      const where = port === '*' ? 'on every port' : `on port ${port}`;
      yield {
        code: notDeclared,
        source,
        message: `${who} may call \`${workload.name}\` ${where}${listed(requests)}, and no edge of ${FILE} says so${didYouMean(meant)}`,
      };
    }

    function isUnresolved({ edge: { to }, principals, callees }: (typeof edges)[number]): boolean {
      return principals.length === 0 || (callees.length === 0 && !to.includes('.'));
    }
  },
};

function listed(requests: readonly string[]): string {
  return requests.length > 0 ? `: ${requests.join(', ')}` : '';
}
