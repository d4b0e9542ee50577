import { commitFiles, finishCommit } from '../git/commit-files.ts';
import { openGit, resolveCommit, runGit } from '../git/git.ts';
import { loadRecords } from '../records/load-records.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { changesOf, type LegalStep } from './engine.ts';
import type { FileChanges, RotationKind, StepInputs } from './rotation.ts';

export interface TakeStepRequest {
  kind: RotationKind;
  step: LegalStep;
  clusters: readonly string[];
  inputs: StepInputs;
  emergency: boolean;
  /** Only says what would change. */
  dryRun: boolean;
}

export interface TakenStep {
  changes: { path: string; change: '+' | '~' | '-' }[];
  /** Absent after a dry run. */
  commit?: string;
}

/** Takes one step of a rotation as one commit on the branch that is checked out. */
export async function takeStep(root: string, request: TakeStepRequest): Promise<TakenStep> {
  const git = await openGit(root);
  await finishCommit(git);
  const head = await resolveCommit(git, 'HEAD');
  const tree = openSourceTree(root);
  const { stdout } = await runGit(root, ['config', 'user.name']);
  const records = loadRecords(tree).records.map(({ record }) => record);
  const clusters = records.filter(({ name }) => request.clusters.includes(name));
  const changes = await changesOf(tree, { ...request, clusters, now: new Date(), by: stdout.trim() });
  const listed = [...changes].map(([path, text]) => ({
    path,
    change: text === undefined ? ('-' as const) : tree.kind(path) === 'missing' ? ('+' as const) : ('~' as const),
  }));
  if (request.dryRun) return { changes: listed };
  return { changes: listed, commit: await commitFiles(git, head, changes, messageOf(request, changes)) };
}

function messageOf({ kind, step, clusters, emergency }: TakeStepRequest, changes: FileChanges): string {
  const subject = `rotate ${kind.name}: ${step.from.name} to ${step.to.name} in ${clusters.join(', ')}`;
  const what = emergency ? 'Emergency: no gate was looked at.' : step.transition.does;
  return `${subject}\n\n${what}\n\n${[...changes.keys()].sort().join('\n')}\n`;
}
