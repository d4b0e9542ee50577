import { z } from 'zod';
import type { SourcePosition } from '../findings/finding.ts';
import { fetchHint, isCommitName } from '../git/git.ts';
import { type LoadedRecords, RINGS_FILE } from '../records/load-records.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { validateYaml } from '../yaml/validate-yaml.ts';
import { parseYaml, positionAt } from '../yaml/yaml-file.ts';

/** What a row takes from a record. */
const heldSchema = z.object({
  network: z.string().min(1),
  overlay: z.string().min(1),
  region: z.string().min(1),
  platform: z.array(z.string()).optional(),
});

/**
 * What a row takes from a record, and nothing else: the schema of the record may have changed since the commit, and a ring that could not be
 * read would hold up every command, that which promotes it too.
 */
export type HeldRecord = z.infer<typeof heldSchema>;

/**
 * Records as they are at the commits that rings are held at, by the name of the cluster. argocd/application-set.yaml reads the row of a
 * cluster from main, and all else of it comes from the commit of its ring: only a row that is made from the record of that commit keeps
 * the cluster as it is held. A cluster that the commit does not have yet has none.
 * @throws UserError where a commit is not at hand, or what it has says too little
 */
export function heldRecords(tree: SourceTree, { records, rings }: LoadedRecords): Map<string, HeldRecord> {
  const held = new Map<string, HeldRecord>();
  for (const { name: ring, revision } of rings.filter((one) => isCommitName(one.revision))) {
    const names = records.filter(({ record }) => record.ring === ring).map(({ record }) => record.name);
    const paths = names.map((name) => `clusters/${name}/cluster.yaml`);
    const texts = paths.length > 0 ? tree.readAt(revision, paths) : [];
    const hold = { ring, revision, place: () => placeOf(tree, revision) };
    if (!texts) throw notHere(hold);
    for (const [index, text] of texts.entries())
      if (text !== undefined) held.set(names[index] ?? '', recordAt(paths[index] ?? '', text, hold));
  }
  return held;
}

interface Hold {
  ring: string;
  revision: string;
  /** Where argocd/rings.yaml says so, for errors alone: it is read anew. */
  place(): SourcePosition;
}

function recordAt(path: string, text: string, { ring, revision, place }: Hold): HeldRecord {
  const { value, issues } = validateYaml(parseYaml(path, text), heldSchema);
  if (value) return value;
  const wrong = issues.map(({ source: { line, column }, message }) => `${line}:${column}: ${message}`).join('; ');
  throw new UserError(`${path} at ${revision.slice(0, 12)}, where ring ${ring} is held, cannot be read: ${wrong}`, {
    why: 'the row of the cluster in argocd/clusters/ is made from the record at that commit',
    fix: `hold the ring at a commit where it can: write that into ${RINGS_FILE}, then \`npm run generate\``,
    source: place(),
  });
}

function notHere({ ring, revision, place }: Hold): UserError {
  return new UserError(`this clone has no commit ${revision.slice(0, 12)}, where ring ${ring} is held`, {
    why: `the rows of its clusters in argocd/clusters/ are made from their records at that commit`,
    fix: fetchHint(revision),
    source: place(),
  });
}

function placeOf(tree: SourceTree, revision: string): SourcePosition {
  const file = parseYaml(RINGS_FILE, tree.read(RINGS_FILE) ?? '');
  const at = file.text.indexOf(revision);
  return positionAt(file, [at, at + revision.length]);
}
