import { describe, expect, it } from 'vitest';
import { disruptionBudgetBlocksRule } from './disruption-budget-blocks.ts';
import { DEPLOYMENT, edit, stream } from './example.ts';
import { pathsOf, reportOf } from './rule-testing.ts';

const SELECTOR = 'selector: {matchLabels: {app.kubernetes.io/name: api-gateway}}';
const budget = (spec: string, name = 'x') =>
  `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: ${name}, namespace: ai-spm}\nspec: {${spec}}\n`;
const deployment = (replicas?: number) =>
  replicas === undefined ? DEPLOYMENT : edit(DEPLOYMENT, { 'spec:\n': `spec:\n  replicas: ${replicas}\n` });
const autoscaler = (range: string) =>
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: x, namespace: ai-spm}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api-gateway}, ${range}}\n`;
const report = (spec: string, ...others: string[]) =>
  reportOf(disruptionBudgetBlocksRule, stream(...others, budget(`${spec}, ${SELECTOR}`)));

describe('disruption-budget-blocks', () => {
  it.each([
    // minAvailable, replicas, blocks
    ['minAvailable: 1', undefined, true],
    ['minAvailable: 1', 2, false],
    ['minAvailable: 3', 2, true],
    ['minAvailable: 0', 1, false],
    ['minAvailable: 50%', 1, true],
    ['minAvailable: 50%', 2, false],
    ['minAvailable: 51%', 2, true],
    ['minAvailable: 75%', 4, false],
    ['minAvailable: 76%', 4, true],
    ['minAvailable: 100%', 9, true],
    ['maxUnavailable: 0', 9, true],
    ['maxUnavailable: 0%', 9, true],
    ['maxUnavailable: 1%', 1, false],
    ['maxUnavailable: 1', 1, false],
    // Nothing runs, so nothing is held back.
    ['minAvailable: 1', 0, false],
  ])('%s of %s replicas: %s', (spec, replicas, blocks) => {
    expect(report(spec, deployment(replicas)).map(({ path }) => path)).toEqual(
      blocks ? [`/spec/${spec.split(':')[0]}`] : [],
    );
  });

  it('counts the fewest pods that the autoscaler may leave', () => {
    expect(report('minAvailable: 2', DEPLOYMENT, autoscaler('minReplicas: 2, maxReplicas: 6'))[0]?.message).toBe(
      'minAvailable is 2, and Deployment `api-gateway` runs 2 pods when scaled down: no pod may be evicted',
    );
    expect(report('minAvailable: 2', DEPLOYMENT, autoscaler('minReplicas: 3, maxReplicas: 6'))).toEqual([]);
    expect(report('minAvailable: 1', DEPLOYMENT, autoscaler('maxReplicas: 6'))).toHaveLength(1);
    expect(report('minAvailable: 1', deployment(0), autoscaler('maxReplicas: 6'))).toEqual([]);
  });

  it('adds up all workloads that it selects', () => {
    const canary = edit(DEPLOYMENT, { 'name: api-gateway': 'name: api-gateway-canary' });
    expect(report('minAvailable: 2', deployment(2), canary)).toEqual([]);
    expect(report('minAvailable: 100%', deployment(2), canary)[0]?.message).toContain('(3 of 3)');
  });

  it('judges pods of an unknown number only by what blocks any number', () => {
    const daemons = edit(DEPLOYMENT, { 'kind: Deployment': 'kind: DaemonSet' });
    expect(report('minAvailable: 1', daemons)).toEqual([]);
    expect(report('minAvailable: 99%', daemons)).toEqual([]);
    expect(report('minAvailable: 100%', daemons)).toHaveLength(1);
    expect(report('maxUnavailable: 0', daemons)).toHaveLength(1);
    const beside = edit(daemons, { 'name: api-gateway': 'name: daemons' });
    expect(report('minAvailable: 2', deployment(2), beside)).toEqual([]);
  });

  it('reports a budget that selects nothing, where nothing else exists', () => {
    const elsewhere = edit(DEPLOYMENT, { 'namespace: ai-spm': 'namespace: other' });
    const manifests = stream(elsewhere, budget(`minAvailable: 1, ${SELECTOR}`));
    expect(reportOf(disruptionBudgetBlocksRule, manifests)).toMatchObject([
      { path: '/spec/selector', message: expect.stringContaining('such pods are in namespace `other`') },
    ]);
    expect(reportOf(disruptionBudgetBlocksRule, manifests, false)).toEqual([]);
    expect(reportOf(disruptionBudgetBlocksRule, budget(`maxUnavailable: 0, ${SELECTOR}`), false)).toHaveLength(1);
  });

  it('knows that an absent selector guards nothing and an empty one everything (policy/v1)', () => {
    expect(reportOf(disruptionBudgetBlocksRule, budget('maxUnavailable: 1'), false)[0]?.message).toContain(
      'no selector',
    );
    expect(
      reportOf(disruptionBudgetBlocksRule, stream(deployment(2), budget('maxUnavailable: 1, selector: {}'))),
    ).toEqual([]);
    expect(
      reportOf(disruptionBudgetBlocksRule, stream(deployment(2), budget('minAvailable: 2, selector: {}'))),
    ).toHaveLength(1);
  });

  it('reports the second budget of one pod', () => {
    const first = budget(`maxUnavailable: 1, ${SELECTOR}`);
    const second = budget(
      'maxUnavailable: 1, selector: {matchExpressions: [{key: app.kubernetes.io/name, operator: Exists}]}',
      'y',
    );
    expect(pathsOf(disruptionBudgetBlocksRule, stream(deployment(2), first, second))).toEqual([
      'PodDisruptionBudget/y /spec/selector',
    ]);
  });
});
