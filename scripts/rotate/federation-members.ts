import { type ClusterRecord, FEDERATION_OVERLAY } from '../records/cluster-record.ts';
import { loadRecords } from '../records/load-records.ts';
import type { SourceTree } from '../system/source-tree.ts';

/** Asked for each cluster of a fleet in turn: one tree shows one state of every record. */
const known = new WeakMap<SourceTree, readonly ClusterRecord[]>();

/** Clusters of the federation that have their first secrets: before that, nothing can be sealed to them. */
export function federationMembers(tree: SourceTree): readonly ClusterRecord[] {
  const members = known.get(tree) ?? readMembers(tree);
  known.set(tree, members);
  return members;
}

function readMembers(tree: SourceTree): ClusterRecord[] {
  return loadRecords(tree)
    .records.map(({ record }) => record)
    .filter(
      ({ name, overlay }) => overlay === FEDERATION_OVERLAY && tree.kind(`clusters/${name}/sealing.crt`) === 'file',
    );
}

/** Names of the other members: those that a cluster reads, and that read it. Empty where it is no member itself. */
export function peersOf(tree: SourceTree, cluster: string): string[] {
  const names = federationMembers(tree).map(({ name }) => name);
  return names.includes(cluster) ? names.filter((name) => name !== cluster) : [];
}
