import type { ClusterRecord } from '../records/cluster-record.ts';
import { loadRecords } from '../records/load-records.ts';
import { nearest } from '../resources/nearest.ts';
import { shellWord } from '../system/shell-word.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { didYouMean } from '../yaml/schema-words.ts';

/**
 * Records of the clusters that were named, or of all.
 * @throws UserError where one of them has no valid record
 */
export function chosenClusters(tree: SourceTree, names?: readonly string[]): ClusterRecord[] {
  const records = loadRecords(tree).records.map(({ record }) => record);
  if (!names) return records;
  return names.map((name) => {
    const record = records.find((one) => one.name === name);
    if (record) return record;
    const known = records.map((one) => one.name);
    throw new UserError(`there is no valid record of a cluster \`${name}\`${didYouMean(nearest(name, known))}`, {
      fix: known.length > 0 ? `take one of: ${known.join(', ')}` : `npm run cluster -- add ${shellWord(name)}`,
    });
  });
}
