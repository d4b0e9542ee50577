import { hostname } from 'node:os';
import type { V1Pod } from '@kubernetes/client-node';
import type { Connection } from './connection.ts';
import { LABEL, OWNER } from './probe-pod.ts';
import { removeProbePod } from './remove-probes.ts';

/** Removes what earlier runs have left behind, because they were killed or lost the cluster. Others that run now keep theirs. */
export async function removeStaleProbes({ core }: Pick<Connection, 'core'>): Promise<void> {
  const { items } = await core.listPodForAllNamespaces({ labelSelector: LABEL });
  const stale = items.filter(isStale).map(({ metadata }) => metadata ?? {});
  await Promise.all(stale.map(({ namespace = '', name = '' }) => removeProbePod({ core }, { namespace, pod: name })));
}

/** It has ended, or its time is up, or the process that made it on this machine is gone: of one elsewhere nobody knows. */
function isStale({ metadata, spec, status }: V1Pod): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true;
  const end = (metadata?.creationTimestamp?.getTime() ?? Date.now()) + (spec?.activeDeadlineSeconds ?? 0) * 1000;
  const owner = metadata?.annotations?.[OWNER] ?? '';
  const [host, id] = [owner.slice(0, owner.lastIndexOf('/')), Number(owner.slice(owner.lastIndexOf('/') + 1))];
  return end < Date.now() || (host === hostname() && !isAlive(id));
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // Of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
