import { promote } from '../commands/rings.ts';
import { loadRecords } from '../records/load-records.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { waitFor } from '../system/wait-for.ts';
import { readApplications } from '../verify/check-applications.ts';
import type { Connection } from '../verify/connection.ts';
import { mergeAndSync } from './argo.ts';
import type { World } from './suite.ts';

/** A cluster whose ring is not that of the first, and the commit that its ring is held at. */
export interface HeldCluster {
  cluster: Connection;
  ring: string;
  held: string;
}

/**
 * Does something while a later ring is held at a commit of now; afterwards it follows main again, whatever happened.
 * @throws Error where all clusters are in one ring
 */
export async function whileHeld<T>(
  world: World,
  suite: string,
  action: (later: HeldCluster) => Promise<T>,
): Promise<T> {
  const { cluster, ring } = clusterOfLaterRing(world);
  const held = await world.push(`e2e: ${suite}, start`);
  await promote(world.checkout, ring, held, {});
  await world.push(`e2e: ring ${ring} is held`);
  try {
    await waitFor(() => runs(world, cluster, held), waiting('the hold of the ring'));
    return await action({ cluster, ring, held });
  } finally {
    await promote(world.checkout, ring, 'main', {});
    await mergeAndSync(world, `e2e: ring ${ring} follows main`);
  }
}

function clusterOfLaterRing({ checkout, cluster, clusters }: World): { cluster: Connection; ring: string } {
  const { records } = loadRecords(openSourceTree(checkout));
  const ringOf = ({ context }: Connection) => records.find(({ record }) => record.name === context)?.record.ring;
  const other = clusters.find((one) => ringOf(one) !== ringOf(cluster));
  const ring = other && ringOf(other);
  if (ring) return { cluster: other, ring };
  throw new Error('it takes two clusters in two rings: npm run lab -- up --clusters 2');
}

/** Its workloads are at that commit, and all is well. */
export async function runs({ cluster }: World, { context }: Connection, commit: string): Promise<true | undefined> {
  const found = (await readApplications(cluster))?.find(({ name }) => name === `${context}-ai-spm`);
  const { sync, health, revision } = found ?? {};
  if (sync === 'Synced' && health === 'Healthy' && revision === commit) return true;
  throw new Error(`the workloads of ${context} are ${sync} and ${health} at ${revision}`);
}

export function waiting(what: string) {
  return { what, timeoutMs: 240_000, fix: 'kubectl describe applications --namespace argocd' };
}
