import type { V1Pod } from '@kubernetes/client-node';
import type { Connection } from './connection.ts';

/** `namespace/name` of the pods that something keeps running and that are not ready, those that are on their way out among them. */
export async function unreadyPods({ core }: Pick<Connection, 'core'>): Promise<string[]> {
  const { items } = await core.listPodForAllNamespaces();
  return items
    .filter(isKept)
    .filter(isUnready)
    .map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
}

/** Not one that was made by hand, as the probes of this repository are, or that is done. */
function isKept({ metadata, status }: V1Pod): boolean {
  return Boolean(metadata?.ownerReferences?.length) && status?.phase !== 'Succeeded';
}

function isUnready({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status !== 'True' || metadata?.deletionTimestamp !== undefined;
}
