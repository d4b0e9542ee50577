import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit, stream } from './example.ts';
import { replicasBesideAutoscalerRule } from './replicas-beside-autoscaler.ts';
import { pathsOf } from './rule-testing.ts';

const autoscaler = (
  target = 'apiVersion: apps/v1, kind: Deployment, name: api-gateway',
  version = 'v2',
  namespace = 'ai-spm',
) =>
  `apiVersion: autoscaling/${version}\nkind: HorizontalPodAutoscaler\nmetadata: {name: x, namespace: ${namespace}}\nspec: {maxReplicas: 3, scaleTargetRef: {${target}}}\n`;
const scaled = (replicas: string, ...others: string[]) =>
  pathsOf(
    replicasBesideAutoscalerRule,
    stream(edit(DEPLOYMENT, { 'spec:\n': `spec:\n  replicas: ${replicas}\n` }), ...others),
    false,
  );

describe('replicas-beside-autoscaler', () => {
  it.each(['v1', 'v2'])('reports a number in git beside an autoscaling/%s object', (version) => {
    expect(scaled('3', autoscaler(undefined, version))).toEqual(['Deployment/api-gateway /spec/replicas']);
  });

  it.each([
    ['no autoscaler', '3', []],
    ['one for another workload', '3', [autoscaler('apiVersion: apps/v1, kind: Deployment, name: other')]],
    [
      'one for another kind of that name',
      '3',
      [autoscaler('apiVersion: apps/v1, kind: StatefulSet, name: api-gateway')],
    ],
    ['one in another namespace', '3', [autoscaler(undefined, 'v2', 'other')]],
    // Written by a patch that removes the field.
    ['no value', 'null', [autoscaler()]],
    ['zero, which switches the autoscaler off', '0', [autoscaler()]],
  ])('accepts %s', (_, replicas, others) => {
    expect(scaled(replicas, ...others)).toEqual([]);
  });
});
