import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit, stream } from './example.ts';
import { reportOf, withField } from './rule-testing.ts';
import { storageAccessModeRule } from './storage-access-mode.ts';

const claim = (modes: string, namespace = 'ai-spm') =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: ${namespace}}\nspec: {accessModes: [${modes}]}\n`;
const autoscaler = (range: string) =>
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: x, namespace: ai-spm}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api-gateway}, ${range}}\n`;
const VOLUMES = ['spec', 'template', 'spec', 'volumes'];
const workload = (spec: string, kind = 'Deployment', apiVersion = 'apps/v1') =>
  edit(DEPLOYMENT, { 'spec:\n': `spec:\n${spec}`, 'apps/v1': apiVersion, 'kind: Deployment': `kind: ${kind}` });

function report(text: string, ...others: string[]): string[] {
  const objects = withField(stream(text, ...others), VOLUMES, [
    { name: 'tmp' },
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
  ]);
  return reportOf(storageAccessModeRule, objects, false).map(({ message }) => message.replace(/.*and /, ''));
}

const ONCE = claim('ReadWriteOnce');
const recreate = '  strategy: {type: Recreate}\n';

describe('storage-access-mode', () => {
  it.each([
    [
      'a rolling update with the default surge',
      workload(''),
      'a rolling update starts a second pod before the first one is gone',
    ],
    [
      'a surge that is rounded up',
      workload('  strategy: {rollingUpdate: {maxSurge: 1%}}\n'),
      'a rolling update starts a second pod before the first one is gone',
    ],
    ['several replicas', workload(`  replicas: 3\n${recreate}`), 'runs 3 pods'],
    ['a DaemonSet', workload('', 'DaemonSet'), 'runs a pod on every node'],
    ['a StatefulSet that shares one claim', workload('  replicas: 2\n', 'StatefulSet'), 'runs 2 pods'],
    ['a parallel Job', workload('  parallelism: 4\n', 'Job', 'batch/v1'), 'runs 4 pods in parallel'],
  ])('reports %s', (_, text, reason) => {
    expect(report(text, ONCE)).toEqual([reason]);
  });

  it.each([
    ['one replica that is recreated', workload(recreate)],
    ['one replica without surge', workload('  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}\n')],
    ['no replicas', workload('  replicas: 0\n  strategy: {rollingUpdate: {maxSurge: 1}}\n')],
    ['a StatefulSet with one replica', workload('', 'StatefulSet')],
    ['a Job', workload('', 'Job', 'batch/v1')],
    [
      'pods that are tied to one node',
      edit(workload('  replicas: 3\n'), {
        '      containers:': '      nodeSelector: {kubernetes.io/hostname: a}\n      containers:',
      }),
    ],
  ])('accepts %s', (_, text) => {
    expect(report(text, ONCE)).toEqual([]);
  });

  it('knows how far an autoscaler may go', () => {
    expect(report(workload(recreate), ONCE, autoscaler('maxReplicas: 6'))).toEqual(['may be scaled to 6 pods']);
    expect(report(workload(recreate), ONCE, autoscaler('minReplicas: 1, maxReplicas: 1'))).toEqual([]);
  });

  it.each(['ReadWriteMany', 'ReadOnlyMany', 'ReadWriteOnce, ReadWriteMany', ''])(
    'accepts a claim with the modes [%s]',
    (modes) => {
      expect(report(workload('  replicas: 3\n'), claim(modes))).toEqual([]);
    },
  );

  it('lets one pod have a ReadWriteOncePod volume, even on one node', () => {
    const pinned = edit(workload('  replicas: 2\n'), { '      containers:': '      nodeName: a\n      containers:' });
    expect(report(pinned, claim('ReadWriteOncePod'))).toEqual(['runs 2 pods']);
  });

  it('says nothing about a claim that is not here', () => {
    expect(report(workload('  replicas: 3\n'), claim('ReadWriteOnce', 'other'))).toEqual([]);
  });
});
