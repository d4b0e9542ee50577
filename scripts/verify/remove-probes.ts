import type { CoreV1Api } from '@kubernetes/client-node';
import { waitFor } from '../system/wait-for.ts';
import type { PodContainer } from './connection.ts';
import { LABEL, OUTSIDE_NAMESPACE } from './probe-pod.ts';

/** Removes the pod, and with the last pod outside also the namespace that was made for it. It may be gone already. */
export async function removeProbePod(
  { core }: { core: CoreV1Api },
  { namespace, pod }: Pick<PodContainer, 'namespace' | 'pod'>,
): Promise<void> {
  await core.deleteNamespacedPod({ namespace, name: pod, gracePeriodSeconds: 0 }).catch(ignoreMissing);
  const gone = async () => {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: LABEL });
    return items.some(({ metadata }) => metadata?.name === pod) ? undefined : true;
  };
  await waitFor(gone, waiting(`the end of pod ${pod}`));
  if (namespace === OUTSIDE_NAMESPACE) await removeOutsideNamespace(core);
}

/** Unless a pod is left in it. */
export async function removeOutsideNamespace(core: CoreV1Api): Promise<void> {
  const { items } = await core.listNamespacedPod({ namespace: OUTSIDE_NAMESPACE, labelSelector: LABEL });
  if (items.length === 0) await core.deleteNamespace({ name: OUTSIDE_NAMESPACE }).catch(ignoreMissing);
}

export function waiting(what: string) {
  const fix = `look at the pods with the label ${LABEL}; --probe-image names an image with sh and curl`;
  return { what, timeoutMs: 120_000, everyMs: 500, fix };
}

/** Gone, or on its way out because another probe has ended at the same time. */
function ignoreMissing(error: unknown): void {
  if (![404, 409].includes((error as { code?: number }).code ?? 0)) throw error;
}
