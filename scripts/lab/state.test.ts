import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { identify } from '../system/process-identity.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { CLUSTERS, type LabCluster } from './layout.ts';
import { demandMayAsk, stateOf } from './state.ts';

/** A cluster of the lab whose folder is the test's. @param host the process that it lives with */
function clusterOf(host?: object): LabCluster {
  const [cluster] = CLUSTERS;
  if (!cluster) throw new Error('there is one');
  return { ...cluster, state: temporaryTree(host ? { 'host.json': JSON.stringify(host) } : {}) };
}
const dead = () => ({ pid: spawnSync('true').pid, started: '1' });

it('a cluster that the lab was made with and that has ended is not well, and what to do is said', async () => {
  const cluster = clusterOf(dead());

  expect(await stateOf(cluster, true)).toEqual({
    state: 'ended',
    advice: expect.stringMatching(`^npm run lab -- up makes the lab anew.*${join(cluster.state, 'host.log')}$`),
  });
});

it('nor is one whose folder is gone', async () => {
  expect(await stateOf(clusterOf(), true)).toMatchObject({ state: 'ended', advice: expect.any(String) });
});

it('one that was not asked for is stopped, which is well', async () => {
  expect(await stateOf(clusterOf(), false)).toEqual({ state: 'stopped' });
  expect(await stateOf(clusterOf(dead()), false)).toEqual({ state: 'stopped' });
});

it('one that runs and does not answer is not ready', async () => {
  expect(await stateOf(clusterOf(identify(process.pid)), true)).toMatchObject({
    state: 'not ready',
    advice: expect.stringContaining('npm run lab -- up waits for it'),
  });
});

it('sends an ordinary user to root where a lab stands, and says nothing where there is none', () => {
  const state = temporaryTree({});

  expect(() => demandMayAsk(state, 1000)).toThrow('only root may ask whether the clusters of the lab are ready');
  expect(() => demandMayAsk(state, 0)).not.toThrow();
  expect(() => demandMayAsk(join(state, 'none'), 1000)).not.toThrow();
});
