import { remoteClusterUnsynced } from './codes/delivery-codes.ts';
import { type Connection, istiods } from './connection.ts';
import { ISTIOD_MONITORING } from './get-in-pod.ts';
import type { LiveProblem } from './live-problem.ts';
import { askPods } from './look.ts';

interface ClusterStatus {
  id: string;
  syncStatus: string;
}

/**
 * Every istiod reads the services of every other member of the federation. Its own account, the source of `istioctl remote-clusters`.
 * @param peers names of the members that the cluster must know
 */
export async function checkRemoteClusters(
  connection: Connection,
  peers: readonly string[],
): Promise<{ problems: LiveProblem[] }> {
  const pods = await istiods(connection);
  if (pods.length === 0 && peers.length > 0) {
    return {
      problems: [{ code: remoteClusterUnsynced, message: `no istiod runs that could read ${peers.join(', ')}` }],
    };
  }
  const { answers, problems } = await askPods(connection.core, pods, async (place) => {
    return JSON.parse(
      await connection.get({ ...place, port: ISTIOD_MONITORING }, '/debug/clusterz'),
    ) as ClusterStatus[];
  });
  const unread = answers.flatMap(({ pod: { metadata }, answer }) => {
    const name = metadata?.name ?? '';
    const states = new Map(answer.map(({ id, syncStatus }) => [id, syncStatus]));
    return [...new Set([...peers, ...states.keys()])]
      .filter((peer) => states.get(peer) !== 'synced')
      .map((peer) => ({
        code: remoteClusterUnsynced,
        object: { kind: 'Pod', namespace: metadata?.namespace ?? '', name },
        message: `${name} does not read cluster ${peer}: ${states.get(peer) ?? 'it has no remote secret of it'}`,
      }));
  });
  return { problems: [...problems, ...unread] };
}
