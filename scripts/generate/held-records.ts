import { fetchHint, isCommitName } from '../git/git.ts';
import { type ClusterRecord, clusterRecordSchema } from '../records/cluster-record.ts';
import { type LoadedRecords, RINGS_FILE } from '../records/load-records.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { validateYaml } from '../yaml/validate-yaml.ts';
import { parseYaml, positionAt } from '../yaml/yaml-file.ts';

/**
 * Records as they are at the commits that rings are held at, by the name of the cluster. argocd/application-set.yaml reads the row of a
 * cluster from main, and all else of it comes from the commit of its ring: only a row that is made from the record of that commit keeps
 * the cluster as it is held. A cluster that the commit does not have yet has none.
 * @throws UserError where a commit is not at hand, or what it has is no record
 */
export function heldRecords(tree: SourceTree, { records, rings }: LoadedRecords): Map<string, ClusterRecord> {
  const held = new Map<string, ClusterRecord>();
  for (const { name: ring, revision } of rings.filter((one) => isCommitName(one.revision))) {
    const names = records.filter(({ record }) => record.ring === ring).map(({ record }) => record.name);
    const paths = names.map((name) => `clusters/${name}/cluster.yaml`);
    const texts = paths.length > 0 ? tree.readAt(revision, paths) : [];
    if (!texts) throw notHere(tree, ring, revision);
    for (const [index, text] of texts.entries())
      if (text !== undefined) held.set(names[index] ?? '', recordAt(paths[index] ?? '', text, ring, revision));
  }
  return held;
}

function recordAt(path: string, text: string, ring: string, revision: string): ClusterRecord {
  const { value, issues } = validateYaml(parseYaml(path, text), clusterRecordSchema);
  if (value) return value;
  throw new UserError(`${path} at ${revision.slice(0, 12)}, where ring ${ring} is held, is not right`, {
    why: issues.map(({ source: { line, column }, message }) => `${line}:${column}: ${message}`).join('; '),
    fix: `promote the ring to a commit with a record that is: \`npm run promote -- ${ring} COMMIT\``,
  });
}

function notHere(tree: SourceTree, ring: string, revision: string): UserError {
  const file = parseYaml(RINGS_FILE, tree.read(RINGS_FILE) ?? '');
  const at = file.text.indexOf(revision);
  return new UserError(`this clone has no commit ${revision.slice(0, 12)}, where ring ${ring} is held`, {
    why: `the rows of its clusters in argocd/clusters/ are made from their records at that commit`,
    fix: fetchHint(revision),
    source: positionAt(file, [at, at + revision.length]),
  });
}
