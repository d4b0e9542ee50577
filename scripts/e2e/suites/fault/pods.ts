import type { V1Pod } from '@kubernetes/client-node';
import { waitFor } from '../../../system/wait-for.ts';
import { isLeaving, isReady } from '../../../verify/kept-pods.ts';
import type { World } from '../../suite.ts';
import { SEEN, type Struck } from './fault.ts';

export interface PodSelection {
  namespace: string;
  labelSelector: string;
}

/** Ends a pod the hard way, as by the loss of its node. */
export function killPods(world: World, pods: PodSelection): Promise<Struck> {
  return end(world, pods, (name) => {
    return world.cluster.core.deleteNamespacedPod({ namespace: pods.namespace, name, gracePeriodSeconds: 0 });
  });
}

/** As a drain of its node does it: with time to end. */
export function evictPod(world: World, pods: PodSelection): Promise<Struck> {
  const { namespace } = pods;
  return end(world, pods, (name) =>
    world.cluster.core.createNamespacedPodEviction({ namespace, name, body: { metadata: { namespace, name } } }),
  );
}

async function end(
  { cluster: { core } }: World,
  pods: PodSelection,
  endPod: (name: string) => Promise<unknown>,
): Promise<Struck> {
  const list = async () => (await core.listNamespacedPod(pods)).items;
  const before = await list();
  const victim = before.find(isServing)?.metadata;
  if (!victim?.name) throw new Error(`${pods.namespace} has no pod with ${pods.labelSelector} that is ready`);
  const { name, uid } = victim;
  await endPod(name);
  await waitFor(async () => (isThere(await list(), uid) ? undefined : true), {
    ...SEEN,
    what: `the end of pod ${name}`,
    fix: `kubectl describe pod ${name} --namespace ${pods.namespace}`,
  });
  return { works: async () => (hasReplacement(before, await list()) ? true : undefined) };
}

/** False for one that is on its way out. */
function isThere(pods: readonly V1Pod[], uid: string | undefined): boolean {
  return pods.some((pod) => pod.metadata?.uid === uid && !isLeaving(pod));
}

/** One that was not there before is ready: those that were may be ready all the time, or seem so for as long as nobody looks. */
export function hasReplacement(before: readonly V1Pod[], now: readonly V1Pod[]): boolean {
  const known = new Set(before.map(({ metadata }) => metadata?.uid));
  return now.some((pod) => isServing(pod) && !known.has(pod.metadata?.uid));
}

/** Not one that is on its way out. */
export function isServing(pod: V1Pod): boolean {
  return isReady(pod) && !isLeaving(pod);
}
