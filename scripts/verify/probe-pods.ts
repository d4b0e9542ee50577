import type { CoreV1Api } from '@kubernetes/client-node';
import { waitFor } from '../system/wait-for.ts';
import type { Connection, PodContainer } from './connection.ts';
import { containerStates } from './kept-pods.ts';
import { INTRUDER } from './probe-plan.ts';
import { CONTAINER, LABEL, namespaceOf, OUTSIDE_NAMESPACE, probePod, WORKLOADS } from './probe-pod.ts';
import { removeOutsideNamespace, removeProbePod, waiting } from './remove-probes.ts';
import { removeStaleProbes } from './stale-probes.ts';
import { withUndo } from './with-undo.ts';

/** Wins over a Sidecar of the root namespace, so that every Service can be called (Istio, reference of Sidecar). */
const OPEN_SIDECAR = {
  group: 'networking.istio.io',
  version: 'v1',
  plural: 'sidecars',
  namespace: OUTSIDE_NAMESPACE,
  body: {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name: 'default' },
    spec: { egress: [{ hosts: [`${WORKLOADS}/*`] }] },
  },
};
const MAX_SECONDS = 600;

/**
 * Starts a pod for each caller, with its service account and labels, and lends them. They are removed afterwards, however it ends, and so is
 * what an earlier run has left behind. They never become ready: no Service sends them a request.
 */
export async function withProbePods<T>(
  connection: Connection,
  callers: readonly string[],
  image: string,
  use: (pods: ReadonlyMap<string, PodContainer>) => Promise<T>,
): Promise<T> {
  await removeStaleProbes(connection);
  const command = ['sleep', `${MAX_SECONDS}`];
  // Each of them is known to have been made or not before any is removed.
  const made = Promise.allSettled(
    callers.map((caller) => createProbePod(connection, caller, image, command, MAX_SECONDS)),
  );
  const start = async () => {
    const pods = (await made).map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
    await Promise.all(pods.map((pod, index) => untilRunning(connection, pod, callers[index] ?? '')));
    return use(new Map(pods.map((pod, index) => [callers[index] ?? '', pod])));
  };
  return withUndo(start, async () => {
    const pods = (await made).flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const removed = await Promise.allSettled(pods.map((pod) => removeProbePod(connection, pod)));
    if (callers.some(isOutside)) await removeOutsideNamespace(connection.core);
    for (const result of removed) if (result.status === 'rejected') throw result.reason;
  });
}

/** Starts one such pod and waits until its command runs. It ends by itself after `maxSeconds`, when nobody is left to remove it. */
export async function makeProbePod(
  connection: Connection,
  caller: string,
  image: string,
  command: readonly string[],
  maxSeconds = MAX_SECONDS,
): Promise<PodContainer> {
  const pod = await createProbePod(connection, caller, image, command, maxSeconds);
  try {
    await untilRunning(connection, pod, caller);
  } catch (error) {
    await removeProbePod(connection, pod);
    throw error;
  }
  return pod;
}

async function createProbePod(
  { core, custom }: Connection,
  caller: string,
  image: string,
  command: readonly string[],
  maxSeconds: number,
): Promise<PodContainer> {
  if (isOutside(caller)) await makeOutsideNamespace(core);
  if (caller === INTRUDER) await custom.createNamespacedCustomObject(OPEN_SIDECAR).catch(ignoreKnown);
  const namespace = namespaceOf(caller);
  const body = probePod(caller, image, command, maxSeconds);
  const { metadata } = await core.createNamespacedPod({ namespace, body });
  return { namespace, pod: metadata?.name ?? '', container: CONTAINER };
}

async function untilRunning({ core, context }: Connection, { namespace, pod }: PodContainer, caller: string) {
  const running = async () => {
    const states = containerStates(await core.readNamespacedPod({ namespace, name: pod }));
    const failed = states.map(({ state }) => state?.waiting).find((one) => one?.reason?.includes('Image'));
    if (failed) throw new Error(`${failed.reason}: ${failed.message ?? ''}`);
    return states.find(({ name }) => name === CONTAINER)?.state?.running;
  };
  await waitFor(running, waiting(`the probe pod of ${caller} in ${context}`));
}

function isOutside(caller: string): boolean {
  return namespaceOf(caller) === OUTSIDE_NAMESPACE;
}

async function makeOutsideNamespace(core: CoreV1Api): Promise<void> {
  const body = { metadata: { name: OUTSIDE_NAMESPACE, labels: { [LABEL]: 'true' } } };
  const made = async () => {
    try {
      await core.createNamespace({ body });
    } catch (error) {
      if ((error as { code?: number }).code !== 409) throw error;
      const { status } = await core.readNamespace({ name: OUTSIDE_NAMESPACE });
      // One that is on its way out takes no pods.
      return status?.phase === 'Active' ? true : undefined;
    }
    return true;
  };
  await waitFor(made, waiting(`the namespace ${OUTSIDE_NAMESPACE}`));
}

/** It is there already. */
function ignoreKnown(error: unknown): void {
  if ((error as { code?: number }).code !== 409) throw error;
}
