import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject, RenderedObject } from '../resources/kube-object.ts';
import { refOf } from '../resources/kube-object.ts';
import { indexTarget } from '../resources/target-index.ts';
import type { AccessEdge } from './access-file.ts';
import { undeclared, ungranted } from './compare-access.ts';
import { declaredEdges } from './declared-edges.ts';
import { readPolicy } from './policy-grants.ts';

function object(text: string): RenderedObject {
  const value = parse(text) as KubeObject;
  return { value, ref: refOf(value) };
}

function workload(name: string): RenderedObject[] {
  return [
    object(`{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: demo},
      spec: {selector: {app: ${name}}, ports: [{port: 80, targetPort: http}]}}`),
    object(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}, namespace: demo},
      spec: {template: {metadata: {labels: {app: ${name}}},
        spec: {serviceAccountName: ${name}, containers: [{name: main, ports: [{name: http, containerPort: 8080}]}]}}}}`),
  ];
}

function policy(spec: string, namespace = 'demo'): RenderedObject {
  return object(
    `{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: p, namespace: ${namespace}}, spec: ${spec}}`,
  );
}

const PRINCIPAL = 'cluster.local/ns/demo/sa/api';
const FROM = `from: [{source: {principals: [${PRINCIPAL}]}}]`;
const SELECTOR = 'selector: {matchLabels: {app: web}}';
const rule = (operation: string, from = FROM) => `{${SELECTOR}, rules: [{${from}, to: [{operation: {${operation}}}]}]}`;
const EDGE: AccessEdge = { from: 'api', to: 'web', port: 80, methods: ['GET'], paths: ['/a/*'] };
const GRANT = 'ports: ["8080"], methods: [GET], paths: ["/a/*"]';

function compare(edges: readonly AccessEdge[], ...policies: RenderedObject[]) {
  const objects = [...workload('api'), ...workload('web'), ...policies];
  const target = indexTarget({ objects });
  const read = target.ofKind('security.istio.io', 'AuthorizationPolicy').map(readPolicy);
  const declared = declaredEdges(edges, objects);
  return {
    missing: ungranted(declared, read).map(({ path, requests }) => [path.join('.'), ...requests]),
    extra: undeclared(declared, read, target.workloads).map(({ path, requests }) => [path.join('.'), ...requests]),
  };
}

const CLEAN = { missing: [], extra: [] };
const AT = 'spec.rules.0.to.0.operation';
const CALLER = 'spec.rules.0.from.0.source.principals.0';

describe('declared access and policies', () => {
  it.each([
    ['the same', EDGE, rule(GRANT)],
    ['a rule without methods and paths, as declared', { from: 'api', to: 'web', port: 80 }, rule('ports: ["8080"]')],
    ['another namespace, by its account', { ...EDGE, from: 'demo/api' }, rule(GRANT)],
  ] as [string, AccessEdge, string][])('agree on %s', (_, edge, spec) => {
    expect(compare([edge], policy(spec))).toEqual(CLEAN);
  });

  it('agree where two edges make up one grant, and two policies one edge', () => {
    const post: AccessEdge = { ...EDGE, methods: ['POST'] };
    expect(compare([EDGE, post], policy(rule(GRANT.replace('GET', 'GET, POST'))))).toEqual(CLEAN);
    expect(
      compare([{ ...EDGE, methods: ['GET', 'POST'] }], policy(rule(GRANT)), policy(rule(GRANT.replace('GET', 'POST')))),
    ).toEqual(CLEAN);
  });

  it.each([
    ['a path', { ...EDGE, paths: ['/a/*', '/b'] }, rule(GRANT), [['paths.1', 'GET /b']]],
    ['a wider path', { ...EDGE, paths: ['/*'] }, rule(GRANT), [['', 'GET /*']]],
    ['a method', { ...EDGE, methods: ['GET', 'PUT'] }, rule(GRANT), [['methods.1', 'PUT /a/*']]],
    [
      'the Service port in place of the port of the container',
      EDGE,
      rule(GRANT.replace('8080', '80')),
      [['', 'GET /a/*']],
    ],
    ['another caller', EDGE, rule(GRANT, FROM.replace('sa/api', 'sa/apy')), [['', 'GET /a/*']]],
    ['HTTP fields on what is declared without', { from: 'api', to: 'web', port: 80 }, rule(GRANT), [['']]],
    ['a policy without rules', EDGE, '{}', [['', 'GET /a/*']]],
  ] as [string, AccessEdge, string, string[][]][])('differ: not granted, %s', (_, edge, spec, missing) => {
    expect(compare([edge], policy(spec)).missing).toEqual(missing);
  });

  it.each([
    ['a method', rule(GRANT.replace('GET', 'GET, DELETE')), [[`${AT}.methods.1`, 'DELETE /a/*']]],
    ['a path', rule(GRANT.replace('"/a/*"', '"/a/*", "/b"')), [[`${AT}.paths.1`, 'GET /b']]],
    ['a wider path', rule(GRANT.replace('/a/*', '/*')), [[AT, 'GET']]],
    ['every path', rule('ports: ["8080"], methods: [GET]'), [[AT, 'GET']]],
    ['every port', rule('methods: [GET], paths: ["/a/*"]'), [[AT, 'GET /a/*']]],
    ['another port', rule(GRANT.replace('"8080"', '"8080", "9090"')), [[AT, 'GET /a/*']]],
    ['another caller', rule(GRANT, FROM.replace('sa/api', 'sa/apy')), [[CALLER]]],
    ['every caller', rule(GRANT, 'from: [{source: {principals: ["*"]}}]'), [[CALLER]]],
    ['a rule without callers', `{${SELECTOR}, rules: [{to: [{operation: {${GRANT}}}]}]}`, [['spec.rules.0']]],
    ['a rule without anything', `{${SELECTOR}, rules: [{}]}`, [['spec.rules.0']]],
  ])('differ: not declared, %s', (_, spec, extra) => {
    expect(compare([EDGE], policy(rule(GRANT)), policy(spec)).extra).toEqual(extra);
  });

  it('report a caller without any edge once, whatever its operations', () => {
    const spec = `{${SELECTOR}, rules: [{${FROM.replace('sa/api', 'sa/apy')}, to: [{operation: {${GRANT}}}, {operation: {${GRANT}}}]}]}`;
    expect(compare([EDGE], policy(rule(GRANT)), policy(spec)).extra).toEqual([[CALLER]]);
  });

  it.each([
    ['conditions', `{${SELECTOR}, rules: [{${FROM}, when: [{key: source.ip, values: [10.0.0.1]}]}]}`],
    ['exclusions', rule('ports: ["8080"], notPaths: ["/a"]')],
    ['path templates', rule('paths: ["/a/{*}"]')],
    ['namespaces', rule(GRANT, 'from: [{source: {namespaces: [demo]}}]')],
    ['target references', `{targetRefs: [{kind: Service, group: "", name: web}], rules: [{${FROM}}]}`],
  ])('leave a policy with %s to others', (_, spec) => {
    expect(compare([EDGE], policy(spec))).toEqual(CLEAN);
  });

  it('do not judge grants that a policy of another action may take back', () => {
    const deny = policy(`{${SELECTOR}, action: DENY, rules: [{}]}`);
    expect(compare([EDGE], policy(rule(`${GRANT}`)), policy(rule('methods: [PUT]')), deny)).toEqual(CLEAN);
  });

  it('take policies of the root namespace and of the same namespace only', () => {
    expect(compare([EDGE], policy(rule(GRANT), 'istio-system'))).toEqual(CLEAN);
    expect(compare([EDGE], policy('{}'), policy(rule(GRANT), 'other')).missing).toHaveLength(1);
  });

  it('take what prometheus and the kubelet reach by the port of the pod alone', () => {
    const scrape: AccessEdge = { from: 'prometheus', to: 'web', port: 15020 };
    const spec = `{${SELECTOR}, rules: [{from: [{source: {principals: [cluster.local/ns/monitoring/sa/prometheus]}}], to: [{operation: {ports: ["15020"]}}]}]}`;
    expect(compare([EDGE, scrape], policy(rule(GRANT)), policy(spec))).toEqual(CLEAN);
    expect(compare([EDGE], policy(rule(GRANT)), policy(spec)).extra).toHaveLength(1);
  });
});
