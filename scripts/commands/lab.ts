import { labDown, labUp } from '../lab/lab.ts';
import { CLUSTERS, KUBECONFIG } from '../lab/layout.ts';
import { withLabLock } from '../lab/lock.ts';
import { recorded } from '../lab/made-of.ts';
import { demandMayAsk, stateOf } from '../lab/state.ts';
import { log } from '../system/log.ts';
import { UserError } from '../system/user-error.ts';

export interface UpOptions {
  /** How many clusters. */
  clusters: string;
}

export async function up(root: string, { clusters }: UpOptions): Promise<number> {
  const count = Number(clusters);
  if (!Number.isInteger(count) || count < 1 || count > CLUSTERS.length) {
    throw new UserError(`--clusters ${clusters} is not possible`, {
      fix: `give a number from 1 to ${CLUSTERS.length}`,
    });
  }
  const start = Date.now();
  await withLabLock(() => labUp(root, CLUSTERS.slice(0, count)));
  log(`ready after ${Math.round((Date.now() - start) / 1000)} s; to use it: export KUBECONFIG=${KUBECONFIG}`);
  return 0;
}

export async function down(): Promise<number> {
  await withLabLock(labDown);
  log('nothing of the lab is left but its cache');
  return 0;
}

/** Exit code 1 unless each cluster that was started has a node that is ready; then it says what to do. */
export async function status(): Promise<number> {
  demandMayAsk();
  const made = recorded()?.clusters ?? [];
  const states = await Promise.all(
    CLUSTERS.map(async (cluster) => ({ cluster, ...(await stateOf(cluster, made.includes(cluster.name))) })),
  );
  for (const { cluster, state } of states) process.stdout.write(`${cluster.name}  ${cluster.nodeAddress}  ${state}\n`);
  for (const { cluster, advice } of states) if (advice) log(`${cluster.name}: ${advice}`);
  return states.some(({ advice }) => advice) ? 1 : 0;
}
