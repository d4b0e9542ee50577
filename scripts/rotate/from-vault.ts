import type { ClusterRecord } from '../records/cluster-record.ts';
import { loadRecords } from '../records/load-records.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { VALUES_IN_USE } from './rotation-file.ts';

/** Component of the workloads; that of the platform comes with it. */
export const EXTERNAL_SECRETS = 'external-secrets';
/** Kinds whose Secrets the two components make. The authority of the mesh stays sealed: its phases are read from its certificates in git. */
export const VAULT_KINDS: readonly string[] = [...VALUES_IN_USE, 'gateway-tls'];

/** Whether the values of a cluster are kept in a vault, from where the External Secrets Operator takes them. */
export function usesVault({ components = [] }: Pick<ClusterRecord, 'components'>): boolean {
  return components.includes(EXTERNAL_SECRETS);
}

/** Asked for each cluster and each kind: one tree shows one state of every record. */
const known = new WeakMap<SourceTree, ReadonlySet<string>>();

/** Whether a cluster takes what a kind replaces from a vault. */
export function isFromVault(tree: SourceTree, cluster: string, kind: string): boolean {
  const records = () => loadRecords(tree).records.map(({ record }) => record);
  const clusters = known.get(tree) ?? new Set(records().flatMap((record) => (usesVault(record) ? record.name : [])));
  known.set(tree, clusters);
  return clusters.has(cluster) && VAULT_KINDS.includes(kind);
}

/** What a person is told who would rotate it here. */
export function vaultError(cluster: string, kind: string): UserError {
  return new UserError(`${cluster} takes what ${kind} replaces from a vault`, {
    why: `its record has the component ${EXTERNAL_SECRETS}: a value that was sealed here would be a second one beside it`,
    fix: 'rotate it in the vault, as docs/external-secrets.md says',
  });
}
