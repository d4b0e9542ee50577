import { secretSealed } from './codes.ts';
import type { Connection } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';

interface SealedSecret {
  metadata: { name: string; namespace: string; generation?: number };
  status?: { observedGeneration?: number; conditions?: { type: string; status: string; message?: string }[] };
}

/** Every SealedSecret has been opened, in the version that git has. Says nothing where the cluster has no such kind. */
export async function checkSealedSecrets({
  custom,
}: Connection): Promise<{ problems: LiveProblem[]; facts: { sealedSecrets: number } }> {
  const kind = { group: 'bitnami.com', version: 'v1alpha1', plural: 'sealedsecrets' };
  const list = await custom.listClusterCustomObject(kind).catch((error) => {
    if (error.code === 404) return { items: [] };
    throw error;
  });
  const { items } = list as { items: SealedSecret[] };
  const problems = items.flatMap(({ metadata, status }) => {
    const synced = status?.conditions?.find(({ type }) => type === 'Synced');
    const isCurrent = status?.observedGeneration === metadata.generation;
    if (synced?.status === 'True' && isCurrent) return [];
    const { namespace, name } = metadata;
    const state = isCurrent ? (synced?.message ?? 'not opened yet') : 'its last change has not been opened yet';
    const object = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', namespace, name };
    return [{ code: secretSealed, object, message: `SealedSecret ${namespace}/${name}: ${state}` }];
  });
  return { problems, facts: { sealedSecrets: items.length } };
}
