import { FEDERATION_OVERLAY } from '../records/cluster-record.ts';
import { loadRecords } from '../records/load-records.ts';
import type { SourceTree } from '../system/source-tree.ts';

/** Asked for each cluster and each gate: one tree shows one state of every record. */
const known = new WeakMap<SourceTree, readonly string[]>();

/**
 * Names of the clusters whose proxies meet those of a cluster, its own among them: all members of the federation, and of any other overlay the
 * cluster alone. The records say so, not the roots: members that have no root in common any more are the very thing that must be found.
 */
export function meshOf(tree: SourceTree, cluster: string): readonly string[] {
  const members = known.get(tree) ?? possibleMembers(tree);
  known.set(tree, members);
  return members.includes(cluster) ? members : [cluster];
}

/** One whose record cannot be read may be a member, and is looked at like one. */
function possibleMembers(tree: SourceTree): string[] {
  const { records } = loadRecords(tree);
  const outside = records
    .filter(({ record }) => record.overlay !== FEDERATION_OVERLAY)
    .map(({ record }) => record.name);
  const all = new Set(tree.list('clusters').map((path) => path.split('/')[1] ?? ''));
  return [...all].filter((name) => !outside.includes(name));
}
