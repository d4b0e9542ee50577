import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promote } from '../../commands/rings.ts';
import { loadRecords } from '../../records/load-records.ts';
import { openSourceTree } from '../../system/source-tree.ts';
import { waitFor } from '../../system/wait-for.ts';
import { readApplications } from '../../verify/check-applications.ts';
import type { Connection } from '../../verify/connection.ts';
import { mergeAndSync, seconds } from '../argo.ts';
import type { Suite, World } from '../suite.ts';
import { underTraffic } from '../traffic.ts';

const IMAGES = 'base/kustomization.yaml';
const SERVICE = { namespace: 'ai-spm', name: 'api-gateway' };
/** What no check can know of a commit: whether the new pods will run. */
const IMAGE = /(ai-spm\/api-gateway\n +newTag: )"[^"]+"/;
const BROKEN = 'no-such-tag';
/** Time for the later ring to take what it must not. */
const WATCHED_MS = 30_000;

export const contained: Suite = {
  name: 'contained',
  title: 'a bad commit stays in its ring, where what ran before it goes on serving, and a revert ends it',
  core: false,
  async run(world) {
    const later = clusterOfLaterRing(world);
    const held = await world.push('e2e: contained, start');
    await promote(world.checkout, later.ring, held, {});
    await world.push(`e2e: ring ${later.ring} is held`);
    try {
      await waitFor(() => runs(world, later.cluster, held), waiting('the hold of the ring'));
      return await underTraffic(world, { clusters: world.clusters }, async () => {
        const file = join(world.checkout, IMAGES);
        const good = readFileSync(file, 'utf8');
        const bad = good.replace(IMAGE, `$1"${BROKEN}"`);
        if (bad === good) throw new Error(`${IMAGES} names no image of ${SERVICE.name}`);
        let reverted = 0;
        let revert = '';
        try {
          writeFileSync(file, bad);
          await world.push('e2e: an image that does not exist');
          await waitFor(() => isStuck(world.cluster), waiting('the pod that cannot start'));
          await sleep(WATCHED_MS);
          await demandUntouched(world, later.cluster, held);
        } finally {
          // Before the other ring follows main again, whatever happened.
          writeFileSync(file, good);
          reverted = performance.now();
          revert = await world.push('e2e: revert');
        }
        await waitFor(() => runs(world, world.cluster, revert), waiting('the end of the bad commit'));
        return [{ name: 'push of the revert until all is healthy again', value: seconds(reverted), unit: 's' }];
      });
    } finally {
      await promote(world.checkout, later.ring, 'main', {});
      await mergeAndSync(world, `e2e: ring ${later.ring} follows main`);
    }
  },
};

/** @throws Error where all clusters are in one ring */
function clusterOfLaterRing({ checkout, cluster, clusters }: World): { cluster: Connection; ring: string } {
  const { records } = loadRecords(openSourceTree(checkout));
  const ringOf = ({ context }: Connection) => records.find(({ record }) => record.name === context)?.record.ring;
  const other = clusters.find((one) => ringOf(one) !== ringOf(cluster));
  const ring = other && ringOf(other);
  if (ring) return { cluster: other, ring };
  throw new Error('it takes two clusters in two rings: npm run lab -- up --clusters 2');
}

/** Its workloads are at that commit, and all is well. */
async function runs({ cluster }: World, { context }: Connection, commit: string): Promise<true | undefined> {
  const found = (await readApplications(cluster))?.find(({ name }) => name === `${context}-ai-spm`);
  const { sync, health, revision } = found ?? {};
  if (sync === 'Synced' && health === 'Healthy' && revision === commit) return true;
  throw new Error(`the workloads of ${context} are ${sync} and ${health} at ${revision}`);
}

async function isStuck({ core }: Connection): Promise<true | undefined> {
  const labelSelector = `app.kubernetes.io/name=${SERVICE.name}`;
  const { items } = await core.listNamespacedPod({ namespace: SERVICE.namespace, labelSelector });
  const states = items
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .map(({ state }) => state?.waiting?.reason);
  return states.some((reason) => reason?.startsWith('ErrImage') || reason === 'ImagePullBackOff') ? true : undefined;
}

async function demandUntouched(world: World, later: Connection, held: string): Promise<void> {
  await runs(world, later, held);
  const { spec } = await later.apps.readNamespacedDeployment(SERVICE);
  const images = spec?.template.spec?.containers.map(({ image }) => image) ?? [];
  if (images.some((image) => image?.includes(BROKEN))) throw new Error(`${later.context} took the bad commit`);
}

function waiting(what: string) {
  return { what, timeoutMs: 240_000, fix: 'kubectl describe applications --namespace argocd' };
}
