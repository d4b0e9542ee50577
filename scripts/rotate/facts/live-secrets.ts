import { UserError } from '../../system/user-error.ts';
import type { Connection } from '../../verify/connection.ts';
import { newestSealingCertificate } from '../cluster-sealing-key.ts';
import type { LiveInputs } from '../rotation.ts';

/**
 * What a step takes from one cluster.
 * @param names `namespace/name` of each Secret
 */
export async function liveInputs(connection: Connection, names: readonly string[]): Promise<LiveInputs> {
  const sealingCertificate = await newestSealingCertificate(connection.core);
  return { secrets: await liveSecrets(connection, names), ...(sealingCertificate ? { sealingCertificate } : {}) };
}

/**
 * Values of Secrets as a cluster has them. They are secret: they stay in memory, and no message names more than a Secret.
 * @param names `namespace/name` of each; one that is not there is left out, and the step that needs it says so
 * @throws UserError where they may not be read
 */
export async function liveSecrets(
  { core, context, kubectl }: Connection,
  names: readonly string[],
): Promise<LiveInputs['secrets']> {
  const found: Record<string, Record<string, Buffer>> = {};
  for (const full of new Set(names)) {
    const [namespace = '', name = ''] = full.split('/');
    const secret = await core.readNamespacedSecret({ namespace, name }).catch((error: { code?: number }) => {
      if (error.code === 404) return undefined;
      // The cause may hold what the server has answered.
      throw new UserError(`Secret ${full} cannot be read in the cluster of context \`${context}\``, {
        why: error.code ? `the API server answers ${error.code}` : 'the API server does not answer',
        fix: `try: ${kubectl} auth can-i get secret/${name} --namespace ${namespace}`,
      });
    });
    if (!secret) continue;
    const entries = Object.entries(secret.data ?? {});
    found[full] = Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  }
  return found;
}
