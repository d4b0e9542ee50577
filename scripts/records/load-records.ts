import type { SourceTree } from '../system/source-tree.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { validateYaml, type YamlIssue } from '../yaml/validate-yaml.ts';
import { parseYaml, plainValue, positionAt, type YamlFile } from '../yaml/yaml-file.ts';
import { type ClusterRecord, clusterRecordSchema, type Rings, ringsSchema } from './cluster-record.ts';
import { type Conflict, conflictsOf, type Draft } from './conflicts.ts';

export interface LoadedRecord {
  file: YamlFile;
  record: ClusterRecord;
}

export interface LoadedRecords {
  records: readonly LoadedRecord[];
  rings: Rings['rings'];
  /** Records that are wrong by themselves. */
  invalid: readonly YamlIssue[];
  /** Records that clash with each other or with the rest of the repository, as far as their fields are valid. */
  conflicts: readonly Conflict[];
}

export const RINGS_FILE = 'argocd/rings.yaml';

/** Reads all cluster records and checks each alone and all together; reports everything that is wrong at once. */
export function loadRecords(tree: SourceTree): LoadedRecords {
  const paths = tree.list('clusters').filter((path) => /^clusters\/[^/]+\/cluster\.ya?ml$/.test(path));
  const read = paths.map((path) => {
    const file = parseYaml(path, tree.read(path) ?? '');
    const { value, issues } = validateYaml(file, clusterRecordSchema);
    return { file, value, issues };
  });
  const records = read.flatMap(({ file, value }): LoadedRecord[] => (value ? [{ file, record: value }] : []));
  const drafts = read.map(({ file, issues }) => draftOf(file, issues));
  const rings = readRings(tree, paths.length > 0);
  return {
    records,
    rings: rings.value ?? [],
    invalid: [...read.flatMap(({ issues }) => issues), ...rings.issues],
    conflicts: conflictsOf(drafts, rings.value, tree),
  };
}

/** Each field that is valid by itself; of the others, and of those that a misspelt one was meant to be, nothing is known. */
function draftOf(file: YamlFile, issues: readonly YamlIssue[]): Draft {
  const folder = file.path.split('/')[1] ?? '';
  const fields = Object.keys(clusterRecordSchema.shape);
  const isUnreadable = issues.some(({ field }) => !field || field.length === 0);
  const unknown = new Set(isUnreadable ? fields : issues.map(({ field }) => String(field?.[0])));
  const [document] = file.documents;
  const plain = document && !isUnreadable ? (plainValue(document) as Record<string, unknown>) : {};
  const valid = fields.filter((field) => !unknown.has(field) && plain[field] !== undefined);
  return { file, folder, unknown, record: Object.fromEntries(valid.map((field) => [field, plain[field]])) };
}

function readRings(tree: SourceTree, isNeeded: boolean): { value?: Rings['rings'] | undefined; issues: YamlIssue[] } {
  if (!isNeeded && tree.kind(RINGS_FILE) !== 'file') return { value: [], issues: [] };
  const file = parseYaml(RINGS_FILE, tree.read(RINGS_FILE) ?? '');
  const { value, issues } = validateYaml(file, ringsSchema);
  if (!value) return { issues };
  const names = value.rings.map(({ name }) => name);
  const twice = names.flatMap((name, index): YamlIssue[] => {
    const first = names.indexOf(name);
    const field = ['rings', index, 'name'];
    const at = first < index && locate(file.documents[0]?.contents ?? null, field);
    const message = `ring ${index + 1}: \`name\` ${name} is also the name of ring ${first + 1}`;
    return at ? [{ source: positionAt(file, rangeOf(at)), message, field }] : [];
  });
  return { value: value.rings, issues: twice };
}
