import type { ClusterRecord } from '../records/cluster-record.ts';
import { loadRecords } from '../records/load-records.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { VALUES_IN_USE } from './rotation-file.ts';

/** Component of the workloads; that of the platform comes with it. */
export const EXTERNAL_SECRETS = 'external-secrets';
/** Kinds whose Secrets the two components make. The authority of the mesh stays sealed: its phases are read from its certificates in git. */
export const KINDS_OF_VAULT: readonly string[] = [...VALUES_IN_USE, 'gateway-tls'];

/** Whether the values of a cluster are kept in a vault, from where the External Secrets Operator takes them. */
export function usesVault({ components = [] }: Pick<ClusterRecord, 'components'>): boolean {
  return components.includes(EXTERNAL_SECRETS);
}

/** Asked for each cluster and each kind: one tree shows one state of every record. */
const known = new WeakMap<SourceTree, ReadonlySet<string>>();

/** Whether a kind is the work of the vault in a cluster. */
export function isOfVault(tree: SourceTree, cluster: string, kind: string): boolean {
  const clusters = known.get(tree) ?? clustersOfVault(tree);
  known.set(tree, clusters);
  return clusters.has(cluster) && KINDS_OF_VAULT.includes(kind);
}

/** Names of the clusters whose values are in a vault. */
export function clustersOfVault(tree: SourceTree): ReadonlySet<string> {
  const records = loadRecords(tree).records.map(({ record }) => record);
  return new Set(records.filter(usesVault).map(({ name }) => name));
}

/** What a person is told who would rotate it here. */
export function rotatedInVault(cluster: string, kind: string): UserError {
  return new UserError(`${cluster} takes what ${kind} replaces from a vault`, {
    why: `its record has the component ${EXTERNAL_SECRETS}: a value that was sealed here would be a second one beside it`,
    fix: 'rotate it in the vault, as docs/external-secrets.md says',
  });
}
