import type { V1Pod } from '@kubernetes/client-node';
import { waitFor } from '../system/wait-for.ts';
import type { Connection, PodContainer } from './connection.ts';

/** Namespace of the pod without identity; made and removed by the probes. */
export const OUTSIDE_NAMESPACE = 'ai-spm-verify';
const NAMESPACE = 'ai-spm';
const LABEL = 'ai-spm.io/verify';
const CONTAINER = 'probe';

/**
 * Starts a pod for each caller, with its service account and labels, and lends them. They are removed afterwards, also after a failure.
 * They never become ready: no Service sends them a request.
 */
export async function withProbePods<T>(
  { core, context }: Connection,
  callers: readonly string[],
  image: string,
  use: (pods: ReadonlyMap<string, PodContainer>) => Promise<T>,
): Promise<T> {
  const metadata = { name: OUTSIDE_NAMESPACE, labels: { [LABEL]: 'true' } };
  const remove = async () => {
    await core.deleteCollectionNamespacedPod({ namespace: NAMESPACE, labelSelector: LABEL, gracePeriodSeconds: 0 });
    await core.deleteNamespace({ name: OUTSIDE_NAMESPACE }).catch(ignoreMissing);
    await waitFor(() => gone(core.readNamespace({ name: OUTSIDE_NAMESPACE })), waiting('the end of the probe pods'));
  };
  // What an earlier run could not remove.
  await remove();
  try {
    await core.createNamespace({ body: { metadata } });
    const pods = new Map<string, PodContainer>();
    for (const caller of callers) {
      const namespace = caller === 'outside' ? OUTSIDE_NAMESPACE : NAMESPACE;
      const { metadata: made } = await core.createNamespacedPod({ namespace, body: probePod(caller, image) });
      pods.set(caller, { namespace, pod: made?.name ?? '', container: CONTAINER });
    }
    for (const [caller, { namespace, pod }] of pods) {
      const running = async () => {
        const { status } = await core.readNamespacedPod({ namespace, name: pod });
        const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
        const failed = states.map(({ state }) => state?.waiting).find((one) => one?.reason?.includes('Image'));
        if (failed) throw new Error(`${failed.reason}: ${failed.message ?? ''}`);
        return states.find(({ name }) => name === CONTAINER)?.state?.running;
      };
      await waitFor(running, waiting(`the probe pod of ${caller} in ${context}`));
    }
    return await use(pods);
  } finally {
    await remove();
  }
}

function probePod(caller: string, image: string): V1Pod {
  const isOutside = caller === 'outside';
  return {
    metadata: {
      generateName: `verify-${caller}-`,
      labels: {
        [LABEL]: 'true',
        ...(isOutside ? {} : { 'app.kubernetes.io/name': caller, 'app.kubernetes.io/part-of': 'ai-spm' }),
      },
      annotations: { 'sidecar.istio.io/nativeSidecar': 'true' },
    },
    spec: {
      ...(isOutside ? {} : { serviceAccountName: caller }),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      // Ends by itself when nobody is left to remove it.
      activeDeadlineSeconds: 600,
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
          command: ['sleep', '600'],
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

async function gone(read: Promise<unknown>): Promise<true | undefined> {
  try {
    await read;
    return undefined;
  } catch (error) {
    ignoreMissing(error);
    return true;
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as { code?: number }).code !== 404) throw error;
}
