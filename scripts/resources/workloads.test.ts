import { describe, expect, it } from 'vitest';
import { parseObjects } from '../render/rendered.ts';
import { runningContainers, serviceAccountOf, type Workload, workloadOf } from './workloads.ts';

const POD = `metadata:
  labels: {app: x}
spec:
  serviceAccountName: runner
  initContainers:
    - name: setup
    - name: proxy
      restartPolicy: Always
  containers:
    - name: main
  ephemeralContainers:
    - name: debug
`;

function read(apiVersion: string, kind: string, spec: string, template = POD): Workload | undefined {
  const indented = template.replaceAll(/^(?=.)/gm, '  '.repeat(spec.split('/').length));
  const way = spec
    .split('/')
    .map((step, depth) => `${'  '.repeat(depth)}${step}:\n`)
    .join('');
  const [object] = parseObjects(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n${way}${indented}`);
  return object && workloadOf(object);
}

describe('the pods of an object', () => {
  it.each([
    ['apps/v1', 'Deployment', 'spec/template'],
    ['apps/v1', 'StatefulSet', 'spec/template'],
    ['apps/v1', 'DaemonSet', 'spec/template'],
    ['apps/v1', 'ReplicaSet', 'spec/template'],
    ['batch/v1', 'Job', 'spec/template'],
    ['batch/v1', 'CronJob', 'spec/jobTemplate/spec/template'],
    ['v1', 'ReplicationController', 'spec/template'],
    // A custom kind that wraps a pod template runs pods as well.
    ['argoproj.io/v1alpha1', 'Rollout', 'spec/template'],
  ])('%s %s', (apiVersion, kind, spec) => {
    const workload = read(apiVersion, kind, spec);
    const path = [...spec.split('/'), 'spec'];
    expect(workload?.template.labels).toEqual({ app: 'x' });
    expect(workload?.containers.map(({ name, role, path: at }) => [name, role, at])).toEqual([
      ['setup', 'init', [...path, 'initContainers', 0]],
      ['proxy', 'sidecar', [...path, 'initContainers', 1]],
      ['main', 'main', [...path, 'containers', 0]],
      ['debug', 'ephemeral', [...path, 'ephemeralContainers', 0]],
    ]);
    expect(workload && serviceAccountOf(workload)).toBe('runner');
    expect(workload && runningContainers(workload).map(({ name }) => name)).toEqual(['proxy', 'main']);
  });

  it('of a Pod stand in the object itself', () => {
    const [object] = parseObjects(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: x, labels: {app: y}}\nspec: {containers: [{name: main}]}\n',
    );
    const workload = object && workloadOf(object);
    expect(workload?.template.labels).toEqual({ app: 'y' });
    expect(workload?.containers[0]?.path).toEqual(['spec', 'containers', 0]);
    expect(workload && serviceAccountOf(workload)).toBe('default');
  });

  it.each([
    ['v1', 'Service', 'spec/template'],
    // Same kind, other group: not a workload of Kubernetes, and here without containers.
    ['example.com/v1', 'Deployment', 'spec/other'],
    ['bitnami.com/v1alpha1', 'SealedSecret', 'spec/template'],
  ])('are none for %s %s without containers', (apiVersion, kind, spec) => {
    expect(read(apiVersion, kind, spec, 'metadata: {name: y}\ntype: Opaque\n')).toBeUndefined();
  });
});
