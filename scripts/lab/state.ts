import { join } from 'node:path';
import { adminOf } from './cluster.ts';
import { runningHost } from './host.ts';
import type { LabCluster } from './layout.ts';

export interface ClusterState {
  state: 'stopped' | 'ended' | 'not ready' | 'ready';
  /** What to do, where it is not as it should be. */
  advice?: string;
}

/** @param isMade whether the lab that stands was made with it: then it is to run */
export async function stateOf(cluster: LabCluster, isMade: boolean): Promise<ClusterState> {
  const logs = `its logs are in ${join(cluster.state, 'var/log')}, that of its start is ${join(cluster.state, 'host.log')}`;
  if (!runningHost(cluster)) {
    if (!isMade) return { state: 'stopped' };
    return { state: 'ended', advice: `npm run lab -- up makes the lab anew; until then ${logs}` };
  }
  const query = '{.items[*].status.conditions[?(@.type=="Ready")].status}';
  const answer = await adminOf(cluster)(['get', 'nodes', '-o', `jsonpath=${query}`], { timeoutMs: 10_000 }).catch(
    () => '',
  );
  if (answer === 'True') return { state: 'ready' };
  return { state: 'not ready', advice: `npm run lab -- up waits for it; ${logs}` };
}
