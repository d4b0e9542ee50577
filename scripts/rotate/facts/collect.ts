import type { Connection } from '../../verify/connection.ts';
import { databaseRoles } from './database-roles.ts';
import type { ClusterFacts, Collected } from './facts.ts';
import { gatewayCertificates } from './gateway-certificates.ts';
import { istiods, proxies, trustMaps } from './mesh.ts';
import { sealedSecrets, sealingKeys } from './sealed.ts';
import { workloads } from './workloads.ts';

/**
 * Looks at a cluster: reads only, and keeps nothing that is secret. What cannot be read says so, and the gates that need it stay closed.
 * @param cluster name of its record
 */
export async function collectFacts(connection: Connection, cluster: string): Promise<ClusterFacts> {
  // Before the first look: what is found is at least as new.
  const collectedAt = new Date().toISOString();
  const parts = {
    proxies: proxies(connection),
    istiods: istiods(connection),
    trustMaps: trustMaps(connection),
    sealedSecrets: sealedSecrets(connection),
    workloads: workloads(connection),
    databaseRoles: databaseRoles(connection),
    gatewayCertificates: gatewayCertificates(connection),
    sealingKeys: sealingKeys(connection),
  };
  const entries = await Promise.all(
    Object.entries(parts).map(async ([name, part]) => [name, await collected<unknown>(part)] as const),
  );
  return { cluster, collectedAt, ...(Object.fromEntries(entries) as Omit<ClusterFacts, 'cluster' | 'collectedAt'>) };
}

async function collected<T>(part: Promise<T>): Promise<Collected<T>> {
  try {
    return { value: await part };
  } catch (error) {
    const { message } = error as Error;
    return { unreadable: (message || String(error)).split('\n')[0]?.slice(0, 300) ?? '' };
  }
}
