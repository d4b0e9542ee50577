import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit, stream } from './example.ts';
import { reportOf, withField } from './rule-testing.ts';
import { selectorMatchesNothingRule } from './selector-matches-nothing.ts';

const WRONG = '{matchLabels: {app.kubernetes.io/name: gateway}}';
const policy = (spec: string, namespace = 'ai-spm') =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x, namespace: ${namespace}}\nspec: {${spec}}\n`;
const report = (spec: string, namespace?: string) =>
  reportOf(selectorMatchesNothingRule, stream(DEPLOYMENT, policy(spec, namespace)));

const SPEC = ['spec', 'template', 'spec'];
const wrong = { matchLabels: { 'app.kubernetes.io/name': 'gateway' } };
const right = { matchLabels: { 'app.kubernetes.io/name': 'api-gateway' } };
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const placed = (field: string, value: unknown) =>
  reportOf(selectorMatchesNothingRule, withField(DEPLOYMENT, [...SPEC, field], value)).map(({ path }) =>
    path.replace('/spec/template/spec', ''),
  );

describe('selector-matches-nothing', () => {
  it.each([
    ['the pods of the policy', `podSelector: ${WRONG}`, '/spec/podSelector'],
    [
      'a peer that may come in',
      `podSelector: {}, ingress: [{from: [{podSelector: ${WRONG}}]}]`,
      '/spec/ingress/0/from/0/podSelector',
    ],
    [
      'a peer to call',
      `podSelector: {}, egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}, {podSelector: ${WRONG}}]}]`,
      '/spec/egress/0/to/1/podSelector',
    ],
    ['an invalid selector', 'podSelector: {matchExpressions: [{key: a, operator: Is}]}', '/spec/podSelector'],
  ])('reports %s', (_, spec, path) => {
    expect(report(spec).map((one) => one.path)).toEqual([path]);
  });

  it.each([
    ['an empty selector', 'podSelector: {}, ingress: [{from: [{podSelector: {}}]}]'],
    ['no selector, which is the same', 'policyTypes: [Ingress]'],
    ['pods of other namespaces', `podSelector: {}, egress: [{to: [{namespaceSelector: {}, podSelector: ${WRONG}}]}]`],
  ])('accepts %s', (_, spec) => {
    expect(report(spec)).toEqual([]);
  });

  it('looks in the namespace of the policy, and says where the pods are', () => {
    const [problem] = report('podSelector: {matchLabels: {app.kubernetes.io/name: api-gateway}}', 'default');
    expect(problem?.message).toContain('such pods are in namespace `ai-spm`, and this NetworkPolicy is in `default`');
  });

  it('says nothing when the pods may be elsewhere', () => {
    expect(reportOf(selectorMatchesNothingRule, policy(`podSelector: ${WRONG}`), false)).toEqual([]);
  });

  it('checks topology spread constraints', () => {
    expect(placed('topologySpreadConstraints', [{ labelSelector: right }, { labelSelector: wrong }])).toEqual([
      '/topologySpreadConstraints/1/labelSelector',
    ]);
    expect(placed('topologySpreadConstraints', [{ topologyKey: 'zone' }])).toEqual(['/topologySpreadConstraints/0']);
    expect(placed('topologySpreadConstraints', [{ labelSelector: {} }])).toEqual([]);
  });

  it.each(['podAffinity', 'podAntiAffinity'])('checks required and preferred terms of %s', (kind) => {
    const terms = (labelSelector: object) => ({
      [kind]: { [REQUIRED]: [{ labelSelector }], [PREFERRED]: [{ weight: 1, podAffinityTerm: { labelSelector } }] },
    });
    expect(placed('affinity', terms(right))).toEqual([]);
    expect(placed('affinity', terms(wrong))).toEqual([
      `/affinity/${kind}/${REQUIRED}/0/labelSelector`,
      `/affinity/${kind}/${PREFERRED}/0/podAffinityTerm/labelSelector`,
    ]);
  });

  it('leaves terms alone that reach beyond the target', () => {
    const term = (more: object) => ({ podAntiAffinity: { [REQUIRED]: [{ labelSelector: wrong, ...more }] } });
    expect(placed('affinity', term({ namespaceSelector: {} }))).toEqual([]);
    expect(placed('affinity', term({ namespaces: ['kube-system'] }))).toEqual([]);
    expect(placed('affinity', term({ namespaces: ['ai-spm'] }))).toHaveLength(1);
  });

  it('finds the pods of another workload of the namespace', () => {
    const other = edit(DEPLOYMENT, {
      'name: api-gateway': 'name: gateway',
      'labels:\n        app.kubernetes.io/name: api-gateway': 'labels:\n        app.kubernetes.io/name: gateway',
    });
    expect(reportOf(selectorMatchesNothingRule, stream(DEPLOYMENT, other, policy(`podSelector: ${WRONG}`)))).toEqual(
      [],
    );
  });
});
