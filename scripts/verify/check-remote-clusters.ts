import { remoteClusterUnsynced } from './codes.ts';
import { type Connection, clusterNameOf } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';

interface ClusterStatus {
  id: string;
  syncStatus: string;
}

/**
 * Every istiod reads the services of every other member of the federation. Its own account, the source of `istioctl remote-clusters`.
 * @param peersOf names of the members that the cluster of this name must know
 */
export async function checkRemoteClusters(
  connection: Connection,
  peersOf: (cluster: string) => readonly string[],
): Promise<{ problems: LiveProblem[]; facts: { remote: number } }> {
  const { core, exec } = connection;
  const namespace = 'istio-system';
  const peers = peersOf(await clusterNameOf(connection));
  const { items } = await core.listNamespacedPod({
    namespace,
    labelSelector: 'app=istiod',
    fieldSelector: 'status.phase=Running',
  });
  const checked = items.map(async ({ metadata }): Promise<LiveProblem[]> => {
    const name = metadata?.name ?? '';
    const istiod = { namespace, pod: name, container: 'discovery' };
    const answer = await exec(istiod, ['pilot-discovery', 'request', 'GET', '/debug/clusterz']);
    const states = new Map((JSON.parse(answer) as ClusterStatus[]).map(({ id, syncStatus }) => [id, syncStatus]));
    return [...new Set([...peers, ...states.keys()])]
      .filter((peer) => states.get(peer) !== 'synced')
      .map((peer) => ({
        code: remoteClusterUnsynced,
        object: { kind: 'Pod', namespace, name },
        message: `${name} does not read cluster ${peer}: ${states.get(peer) ?? 'it has no remote secret of it'}`,
      }));
  });
  return { problems: (await Promise.all(checked)).flat(), facts: { remote: peers.length } };
}
