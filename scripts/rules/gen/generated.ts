import { firstDifference } from '../../generate/first-difference.ts';
import { withHeader } from '../../generate/generated-file.ts';
import { type GenerationPlan, planGeneration } from '../../generate/plan.ts';
import { type LoadedRecords, loadRecords, RINGS_FILE } from '../../records/load-records.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import type { CodeInfo, SourceProblem, SourceRule } from '../rule.ts';
import { RECORD, recordTree } from './example-tree.ts';

const FIX = 'Run `npm run generate` and commit what it writes.';
const RINGS_FIX = 'Correct the field; schemas/rings.schema.json describes all of them.';

const invalid: CodeInfo = {
  code: 'GEN001',
  slug: 'record-invalid',
  severity: 'error',
  title: 'cluster record is not valid',
  why: 'Nothing can be generated from it, so nothing is generated for any cluster until it is right.',
  fix: 'Correct the field; schemas/cluster.schema.json describes all of them, and editors that read its first line complete them.',
  bad: recordTree(`${RECORD}zone: a\n`),
  good: recordTree(RECORD),
};

const conflict: CodeInfo = {
  code: 'GEN002',
  slug: 'record-conflict',
  severity: 'error',
  title: 'cluster record clashes with another record or with the repository',
  why: 'Two clusters would claim the same name, host or network, or a cluster would follow something that does not exist.',
  fix: 'Give the cluster a value of its own, or create what it names.',
  bad: recordTree(RECORD.replace('ring: first', 'ring: last')),
  good: recordTree(RECORD),
};

const stale: CodeInfo = {
  code: 'GEN003',
  slug: 'generated-stale',
  severity: 'error',
  title: 'generated file does not match its record',
  why: 'The cluster would be deployed with what the record used to say.',
  fix: FIX,
  bad: {
    ...recordTree(RECORD),
    'clusters/demo/cluster.yaml': RECORD.replace('region: eu-west-1', 'region: eu-west-2'),
  },
  good: recordTree(RECORD),
};

const edited: CodeInfo = {
  code: 'GEN004',
  slug: 'generated-edited',
  severity: 'error',
  title: 'generated file was edited by hand',
  why: 'The next `npm run generate` would lose the edit; until then the cluster differs from its record.',
  fix: 'Put the change into the cluster record or the overlay, restore the file with `git checkout`, and run `npm run generate`.',
  bad: (() => {
    const tree = recordTree(RECORD);
    const path = 'clusters/demo/cluster-info.yaml';
    return { ...tree, [path]: (tree[path] ?? '').replace('eu-west-1 ', 'eu-west-9 ') };
  })(),
  good: recordTree(RECORD),
};

const orphan: CodeInfo = {
  code: 'GEN005',
  slug: 'generated-orphan',
  severity: 'error',
  title: 'generated file has no record any more',
  why: 'Argo CD still reads it: a cluster that was removed stays deployed.',
  fix: FIX,
  bad: { ...recordTree(RECORD), 'argocd/clusters/gone.yaml': withHeader('clusters/gone/cluster.yaml', 'name: gone\n') },
  good: recordTree(RECORD),
};

/** Records are right, and everything that follows from them is current. */
export const generatedRule: SourceRule = {
  codes: [invalid, conflict, stale, edited, orphan],
  *check({ repository: { tree, files } }): Generator<SourceProblem> {
    const loaded = loadRecords(tree);
    const isReported = new Set(files.map(({ path }) => path));
    for (const { source, message, isSyntax } of loaded.invalid) {
      if (isSyntax && isReported.has(source.file)) continue;
      yield { code: invalid, source, message, ...(source.file === RINGS_FILE ? { fix: RINGS_FIX } : {}) };
    }
    for (const { source, message, fix } of loaded.conflicts)
      yield { code: conflict, source, message, ...(fix ? { fix } : {}) };
    if (loaded.invalid.length + loaded.conflicts.length > 0) return;
    const plan = planOrProblem(tree, loaded);
    if ('code' in plan) {
      yield plan;
      return;
    }
    const start = (file: string) => ({ file, line: 1, column: 1 });
    for (const file of plan.edited)
      yield { code: edited, source: start(file), message: 'the body does not match the checksum in its first line' };
    for (const file of plan.orphans)
      yield { code: orphan, source: start(file), message: 'no cluster record asks for this file' };
    for (const [file, expected] of plan.writes) {
      if (plan.edited.includes(file)) continue;
      const actual = tree.read(file);
      const { line, message } =
        actual === undefined ? { line: 1, message: 'the file is missing' } : firstDifference(actual, expected);
      yield { code: stale, source: { file, line, column: 1 }, message };
    }
  },
};

/** A rotation.yaml that is lost or wrong: which Secrets the workloads read is not known, and nothing can be generated. */
function planOrProblem(tree: SourceTree, loaded: LoadedRecords): GenerationPlan | SourceProblem {
  try {
    return planGeneration(tree, loaded);
  } catch (error) {
    if (!(error instanceof UserError) || !error.details.source) throw error;
    return { code: invalid, source: error.details.source, message: error.what, fix: error.details.fix };
  }
}
