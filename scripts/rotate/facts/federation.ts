import type { Connection } from '../../verify/connection.ts';
import { ISTIOD_MONITORING } from '../../verify/get-in-pod.ts';
import type { RemoteClusterFacts } from './facts.ts';

const NAMESPACE = 'istio-system';

interface ClusterState {
  id: string;
  /** Where the credentials came from; empty for the cluster of the istiod itself. */
  secretName: string;
  syncStatus: string;
}

/** What each replica of istiod says of every other cluster: the source of `istioctl remote-clusters`. */
export async function remoteClusters({ core, get }: Connection): Promise<RemoteClusterFacts[]> {
  const { items } = await core.listNamespacedPod({ namespace: NAMESPACE, labelSelector: 'app=istiod' });
  const alive = items.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  if (alive.length === 0) throw new Error(`no istiod runs in ${NAMESPACE}`);
  const answers = alive.map(async ({ metadata }) => {
    const pod = metadata?.name ?? '';
    return remotesIn(await get({ namespace: NAMESPACE, pod, port: ISTIOD_MONITORING }, '/debug/clusterz'), pod);
  });
  return (await Promise.all(answers)).flat();
}

export function remotesIn(answer: string, istiod: string): RemoteClusterFacts[] {
  const states = JSON.parse(answer) as ClusterState[];
  return states
    .filter(({ secretName }) => secretName !== '')
    .map(({ id, syncStatus }) => ({ cluster: id, state: syncStatus, istiod }));
}
