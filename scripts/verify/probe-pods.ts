import type { CoreV1Api, V1Pod } from '@kubernetes/client-node';
import { waitFor } from '../system/wait-for.ts';
import type { Connection, PodContainer } from './connection.ts';
import { INTRUDER } from './probe-plan.ts';

/** Namespace of the pods that are nobody's; made and removed by the probes. */
export const OUTSIDE_NAMESPACE = 'ai-spm-verify';
const NAMESPACE = 'ai-spm';
/** Callers that are no workload, which all live in one. */
const NAMESPACE_OF: Readonly<Record<string, string>> = {
  outside: OUTSIDE_NAMESPACE,
  [INTRUDER]: OUTSIDE_NAMESPACE,
  prometheus: 'istio-system',
};
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
    spec: { egress: [{ hosts: [`${NAMESPACE}/*`] }] },
  },
};
const LABEL = 'ai-spm.io/verify';
const CONTAINER = 'probe';
const MAX_SECONDS = 600;

/**
 * Starts a pod for each caller, with its service account and labels, and lends them. They are removed afterwards, also after a failure.
 * They never become ready: no Service sends them a request.
 */
export async function withProbePods<T>(
  connection: Connection,
  callers: readonly string[],
  image: string,
  use: (pods: ReadonlyMap<string, PodContainer>) => Promise<T>,
): Promise<T> {
  const pods = new Map<string, PodContainer>();
  try {
    const made = callers.map(async (caller) => {
      pods.set(caller, await makeProbePod(connection, caller, image, ['sleep', `${MAX_SECONDS}`]));
    });
    await Promise.all(made);
    return await use(pods);
  } finally {
    await Promise.all([...pods.values()].map((pod) => removeProbePod(connection, pod)));
  }
}

/** Starts one such pod and waits until its command runs. It ends by itself after `maxSeconds`, when nobody is left to remove it. */
export async function makeProbePod(
  { core, custom, context }: Connection,
  caller: string,
  image: string,
  command: readonly string[],
  maxSeconds = MAX_SECONDS,
): Promise<PodContainer> {
  const namespace = NAMESPACE_OF[caller] ?? NAMESPACE;
  if (namespace === OUTSIDE_NAMESPACE) await makeOutsideNamespace(core);
  if (caller === INTRUDER) await custom.createNamespacedCustomObject(OPEN_SIDECAR).catch(ignoreKnown);
  const { metadata } = await core.createNamespacedPod({
    namespace,
    body: probePod(caller, image, command, maxSeconds),
  });
  const pod = metadata?.name ?? '';
  const running = async () => {
    const { status } = await core.readNamespacedPod({ namespace, name: pod });
    const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const failed = states.map(({ state }) => state?.waiting).find((one) => one?.reason?.includes('Image'));
    if (failed) throw new Error(`${failed.reason}: ${failed.message ?? ''}`);
    return states.find(({ name }) => name === CONTAINER)?.state?.running;
  };
  try {
    await waitFor(running, waiting(`the probe pod of ${caller} in ${context}`));
  } catch (error) {
    await removeProbePod({ core }, { namespace, pod });
    throw error;
  }
  return { namespace, pod, container: CONTAINER };
}

/** Removes the pod, and with the last pod outside also the namespace that was made for it. */
export async function removeProbePod(
  { core }: Pick<Connection, 'core'>,
  { namespace, pod }: Pick<PodContainer, 'namespace' | 'pod'>,
): Promise<void> {
  await core.deleteNamespacedPod({ namespace, name: pod, gracePeriodSeconds: 0 }).catch(ignoreMissing);
  const gone = async () => {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: LABEL });
    return items.some(({ metadata }) => metadata?.name === pod) ? undefined : items.length;
  };
  const left = await waitFor(gone, waiting(`the end of pod ${pod}`));
  if (namespace === OUTSIDE_NAMESPACE && left === 0)
    await core.deleteNamespace({ name: namespace }).catch(ignoreMissing);
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

function probePod(caller: string, image: string, command: readonly string[], maxSeconds: number): V1Pod {
  const isWorkload = NAMESPACE_OF[caller] === undefined;
  return {
    metadata: {
      generateName: `verify-${caller}-`,
      labels: {
        [LABEL]: 'true',
        ...(isWorkload ? { 'app.kubernetes.io/part-of': 'ai-spm' } : {}),
        ...(isWorkload || caller === 'prometheus' ? { 'app.kubernetes.io/name': caller } : {}),
        // The namespace of a workload has the label; for the others the pod says it.
        ...(isWorkload ? {} : { 'sidecar.istio.io/inject': String(caller === INTRUDER) }),
      },
      annotations: { 'sidecar.istio.io/nativeSidecar': 'true' },
    },
    spec: {
      ...(isWorkload ? { serviceAccountName: caller } : {}),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: maxSeconds,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: CONTAINER,
          image,
          command: [...command],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
          readinessProbe: { exec: { command: ['false'] }, periodSeconds: 600 },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}

function waiting(what: string) {
  const fix = 'look at the pods with the label ai-spm.io/verify; --probe-image names an image with sh and curl';
  return { what, timeoutMs: 120_000, everyMs: 500, fix };
}

/** It is there already. */
function ignoreKnown(error: unknown): void {
  if ((error as { code?: number }).code !== 409) throw error;
}

/** Gone, or on its way out because another probe has ended at the same time. */
function ignoreMissing(error: unknown): void {
  if (![404, 409].includes((error as { code?: number }).code ?? 0)) throw error;
}
