import type { Connection } from '../../verify/connection.ts';
import { accountTokens } from './account-tokens.ts';
import { databaseRoles } from './database-roles.ts';
import type { ClusterFacts, Collected, FactPart } from './facts.ts';
import { remoteClusters } from './federation.ts';
import { gatewayCertificates } from './gateway-certificates.ts';
import { istiods, proxies, trustMaps } from './mesh.ts';
import { sealedSecrets, sealingKeys } from './sealed.ts';
import { workloads } from './workloads.ts';

/**
 * Looks at a cluster: reads only, and keeps nothing that is secret. What cannot be read says so, and the gates that need it stay closed.
 * @param cluster name of its record
 * @param wanted parts that are looked at: some can only be seen in Secrets
 */
export async function collectFacts(
  connection: Connection,
  cluster: string,
  wanted: readonly FactPart[] = FACT_PARTS,
): Promise<ClusterFacts> {
  // Before the first look: what is found is at least as new.
  const collectedAt = new Date().toISOString();
  const entries = await Promise.all(
    FACT_PARTS.map(async (name) => {
      const part = wanted.includes(name) ? await collected(name, COLLECTORS[name](connection)) : NOT_WANTED;
      return [name, part] as const;
    }),
  );
  return { cluster, collectedAt, ...(Object.fromEntries(entries) as Omit<ClusterFacts, 'cluster' | 'collectedAt'>) };
}

const COLLECTORS: Readonly<Record<FactPart, (connection: Connection) => Promise<readonly unknown[]>>> = {
  proxies,
  istiods,
  trustMaps,
  sealedSecrets,
  workloads,
  databaseRoles,
  gatewayCertificates,
  sealingKeys,
  remoteClusters,
  accountTokens,
};
const FACT_PARTS = Object.keys(COLLECTORS) as FactPart[];
const NOT_WANTED = { unreadable: 'it was not looked at' };
const TIMEOUT_MS = 60_000;
/** Every cluster that runs the platform has some: none found means that the wrong place was looked at. */
const NEVER_EMPTY: readonly string[] = ['proxies', 'istiods', 'trustMaps', 'workloads', 'sealingKeys'];

async function collected(name: string, part: Promise<readonly unknown[]>): Promise<Collected<readonly unknown[]>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  });
  try {
    const value = await Promise.race([part, late]);
    if (value.length === 0 && NEVER_EMPTY.includes(name)) return { unreadable: 'nothing was found' };
    return { value };
  } catch (error) {
    const { message } = error as Error;
    return { unreadable: (message || String(error)).split('\n')[0]?.slice(0, 300) ?? '' };
  } finally {
    clearTimeout(timer);
  }
}
