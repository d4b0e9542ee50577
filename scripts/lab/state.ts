import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../system/user-error.ts';
import { adminOf } from './cluster.ts';
import { runningHost } from './host.ts';
import { type LabCluster, STATE } from './layout.ts';

export interface ClusterState {
  state: 'stopped' | 'ended' | 'not ready' | 'ready';
  /** What to do, where it is not as it should be. */
  advice?: string;
}

/** @throws UserError for an ordinary user, where a lab stands: its clusters would look as if they were not ready */
export function demandMayAsk(state = STATE, user = process.getuid?.()): void {
  if (user === 0 || !existsSync(state)) return;
  throw new UserError('only root may ask whether the clusters of the lab are ready', {
    why: `their credentials are in ${state}, for root alone`,
    fix: 'sudo npm run lab -- status',
  });
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
