import { adminOf } from '../lab/cluster.ts';
import { runningHost } from '../lab/host.ts';
import { labDown, labUp } from '../lab/lab.ts';
import { CLUSTERS, KUBECONFIG, type LabCluster } from '../lab/layout.ts';
import { withLabLock } from '../lab/lock.ts';
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

/** Exit code 1 unless each cluster that was started has a node that is ready. */
export async function status(): Promise<number> {
  const states = await Promise.all(CLUSTERS.map(async (cluster) => ({ cluster, state: await stateOf(cluster) })));
  for (const { cluster, state } of states) process.stdout.write(`${cluster.name}  ${cluster.nodeAddress}  ${state}\n`);
  return states.some(({ state }) => state === 'not ready') ? 1 : 0;
}

async function stateOf(cluster: LabCluster): Promise<'stopped' | 'ready' | 'not ready'> {
  if (!runningHost(cluster)) return 'stopped';
  const query = '{.items[*].status.conditions[?(@.type=="Ready")].status}';
  const answer = await adminOf(cluster)(['get', 'nodes', '-o', `jsonpath=${query}`], { timeoutMs: 10_000 }).catch(
    () => '',
  );
  return answer === 'True' ? 'ready' : 'not ready';
}
