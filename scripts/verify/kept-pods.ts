import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';

/**
 * One that something keeps running. Not one that was made by hand, as the probes of this repository are; not one that is done; not one
 * that has failed, such as an evicted one: its owner makes another in its place, and leaves it until it is collected.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase
 */
export function isKept({ metadata, status }: V1Pod): boolean {
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return Boolean(metadata?.ownerReferences?.length) && !isOver;
}

/** On its way out, as in every rolling update: what it does no longer matters. */
export function isLeaving({ metadata }: V1Pod): boolean {
  return metadata?.deletionTimestamp !== undefined;
}

/** The kubelet's probes pass, so Services send it requests. */
export function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** A pod whose proxy answers, and will. One that does not is a finding of its own. */
export function hasReadyProxy(pod: V1Pod): boolean {
  return !isLeaving(pod) && containerStates(pod).some(({ name, ready }) => name === PROXY && ready);
}

/** Of all its containers: the proxy is an init container that goes on, or one beside the others. */
export function containerStates({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** Container of the proxy, in every pod of the mesh. */
export const PROXY = 'istio-proxy';
