import { secretSealed } from './codes/delivery-codes.ts';
import type { Connection } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';
import type { PromisedSecret } from './promises.ts';

interface SealedSecret {
  metadata: { name: string; namespace: string; generation?: number };
  status?: { observedGeneration?: number; conditions?: { type: string; status: string; message?: string }[] };
}

/**
 * Every SealedSecret has been opened, in the version that the cluster has.
 * @param promised what git has for the cluster: each of them is there
 */
export async function checkSealedSecrets(
  { custom }: Connection,
  promised: readonly PromisedSecret[] = [],
): Promise<{ problems: LiveProblem[]; facts: { sealedSecrets: number } }> {
  const kind = { group: 'bitnami.com', version: 'v1alpha1', plural: 'sealedsecrets' };
  const list = await custom.listClusterCustomObject(kind).catch((error) => {
    // The cluster has no such kind.
    if (error.code === 404) return { items: [] };
    throw error;
  });
  const { items } = list as { items: SealedSecret[] };
  const unopened = items.flatMap(({ metadata, status }) => {
    const synced = status?.conditions?.find(({ type }) => type === 'Synced');
    const isCurrent = status?.observedGeneration === metadata.generation;
    if (synced?.status === 'True' && isCurrent) return [];
    return [
      problemOf(
        metadata,
        isCurrent ? (synced?.message ?? 'not opened yet') : 'its last change has not been opened yet',
      ),
    ];
  });
  const names = new Set(items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const missing = promised
    .filter(({ namespace, name }) => !names.has(`${namespace}/${name}`))
    .map((one) => ({ ...problemOf(one, 'git has it and the cluster does not'), source: one.source }));
  return { problems: [...unopened, ...missing], facts: { sealedSecrets: items.length } };
}

function problemOf({ namespace, name }: { namespace: string; name: string }, state: string): LiveProblem {
  const object = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', namespace, name };
  return { code: secretSealed, object, message: `SealedSecret ${namespace}/${name}: ${state}` };
}
