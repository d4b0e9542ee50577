import { hostname } from 'node:os';
import type { V1Pod } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { runProcess } from '../system/run-process.ts';
import { withProbePods } from './probe-pods.ts';
import { type LiveObject, probeCluster } from './testing/probe-cluster.ts';

const CALLERS = ['web', 'outside', 'monitoring/grafana'];

it('lends a pod with the identity of each caller, and removes all that was made', async () => {
  const { connection, pods, namespaces } = probeCluster(() => '');
  const made = await withProbePods(connection, CALLERS, 'curl', async (lent) => {
    expect([...lent.keys()]).toEqual(CALLERS);
    return pods.map(({ metadata, spec }) => [
      metadata?.namespace,
      metadata?.generateName,
      spec?.serviceAccountName,
      metadata?.labels?.['sidecar.istio.io/inject'],
    ]);
  });

  expect(made.toSorted()).toEqual([
    ['ai-spm', 'verify-web-', 'web', undefined],
    ['ai-spm-verify', 'verify-outside-', undefined, 'false'],
    ['monitoring', 'verify-monitoring-grafana-', 'grafana', 'true'],
  ]);
  expect([pods, namespaces]).toEqual([[], []]);
});

it.each(CALLERS)('removes the others where the pod of %s cannot be made, and says why', async (caller) => {
  const isRefused = ({ metadata }: V1Pod) => metadata?.generateName === `verify-${caller.replace('/', '-')}-`;
  const { connection, pods, namespaces } = probeCluster(() => '', { refusePod: isRefused });

  await expect(withProbePods(connection, CALLERS, 'curl', async () => 'unused')).rejects.toThrow('forbidden');
  expect([pods, namespaces]).toEqual([[], []]);
});

it('removes all where what they are used for fails', async () => {
  const { connection, pods, namespaces } = probeCluster(() => '');
  const fails = withProbePods(connection, CALLERS, 'curl', async () => {
    throw new Error('no answer');
  });

  await expect(fails).rejects.toThrow('no answer');
  expect([pods, namespaces]).toEqual([[], []]);
});

it('removes what an earlier run has left behind, and nothing of another that may still run', async () => {
  const probe = (name: string, owner: string, phase = 'Running', ageSeconds = 0): LiveObject => ({
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'ai-spm',
      labels: { 'ai-spm.io/verify': 'true' },
      annotations: { 'ai-spm.io/verify-owner': owner },
      creationTimestamp: new Date(Date.now() - ageSeconds * 1000),
    },
    spec: { activeDeadlineSeconds: 600 },
    status: { phase },
  });
  // Above the highest id that Linux gives.
  const dead = `${hostname()}/${2 ** 22 + 1}`;
  const objects = [
    probe('its-process-is-gone', dead),
    probe('it-has-ended', 'elsewhere/1', 'Failed'),
    probe('its-time-is-up', 'elsewhere/1', 'Pending', 601),
    probe('of-this-process', `${hostname()}/${process.pid}`),
    probe('of-another-machine', 'elsewhere/1', 'Running', 599),
  ];
  const { connection, pods } = probeCluster(() => '', { objects });
  await withProbePods(connection, [], 'curl', async () => {});

  expect(pods.map(({ metadata }) => metadata?.name)).toEqual(['of-this-process', 'of-another-machine']);
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('on %s, removes also the pod that is just being made, and ends as without it', async (signal, code) => {
  const script = `const { withProbePods } = require('./scripts/verify/probe-pods.ts');
    const { probeCluster } = require('./scripts/verify/testing/probe-cluster.ts');
    const { connection } = probeCluster(() => '');
    const { createNamespacedPod: create, deleteNamespacedPod: remove } = connection.core;
    connection.core.createNamespacedPod = async (query) => {
      const made = await create(query);
      if (query.namespace !== 'ai-spm') await new Promise((done) => setTimeout(done, 300));
      return made;
    };
    connection.core.deleteNamespacedPod = async (query) => {
      await remove(query);
      process.stdout.write(query.name + ' ');
    };
    setTimeout(() => process.kill(process.pid, '${signal}'), 100);
    withProbePods(connection, ['web', 'outside'], 'curl', () => new Promise((done) => setTimeout(done, 20000)))
      .finally(() => process.stdout.write('went on'));`;
  const result = await runProcess(process.execPath, ['-r', './scripts/load-typescript.js', '-e', script]);

  expect(result).toMatchObject({ code, stdout: 'verify-web-0 verify-outside-1 ' });
});
