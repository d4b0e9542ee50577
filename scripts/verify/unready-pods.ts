import type { Connection } from './connection.ts';
import { isKept, isLeaving, isReady } from './kept-pods.ts';

/** `namespace/name` of the pods that something keeps running and that are not ready, those that are on their way out among them. */
export async function unreadyPods({ core }: Pick<Connection, 'core'>): Promise<string[]> {
  const { items } = await core.listPodForAllNamespaces();
  return items
    .filter((pod) => isKept(pod) && (!isReady(pod) || isLeaving(pod)))
    .map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
}
