import { commitFiles, finishCommit } from '../git/commit-files.ts';
import { type GitRepository, openGit, resolveCommit, runGit } from '../git/git.ts';
import { loadRecords } from '../records/load-records.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { changesOf, type LegalStep, phaseOf } from './engine.ts';
import type { FileChanges, RotationKind, StepInputs } from './rotation.ts';
import { withRotationLock } from './rotation-lock.ts';
import { EMERGENCY, stepSubject } from './step-subject.ts';
import { openTrackedTree } from './tracked-tree.ts';

export interface TakeStepRequest {
  kind: RotationKind;
  step: LegalStep;
  clusters: readonly string[];
  inputs: StepInputs;
  emergency: boolean;
  /** Commit at which the gates were looked at: where there is a newer one by now, the step is not taken. */
  seenAt?: string;
  /** Only says what would change. */
  dryRun: boolean;
}

export interface TakenStep {
  changes: { path: string; change: '+' | '~' | '-' }[];
  /** Absent after a dry run. */
  commit?: string;
}

/**
 * Takes one step of a rotation as one commit on the branch that is checked out.
 * @throws UserError when the clusters are in another phase by now, or the work tree holds changes that no commit has
 */
export async function takeStep(root: string, request: TakeStepRequest): Promise<TakenStep> {
  const git = await openGit(root);
  return request.dryRun ? commitStep(root, git, request) : withRotationLock(git, () => commitStep(root, git, request));
}

async function commitStep(root: string, git: GitRepository, request: TakeStepRequest): Promise<TakenStep> {
  if (!request.dryRun) await finishCommit(git);
  const head = await resolveCommit(git, 'HEAD');
  demandUnchanged(head, request);
  const tree = await openTrackedTree(git);
  // It leads from any phase, and its clusters may be in several.
  if (!request.emergency) demandPhase(tree, request);
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

/** Gates look at all clusters of a mesh: a step in another one may have closed them again. */
function demandUnchanged(head: string, { seenAt, kind }: TakeStepRequest): void {
  if (seenAt === undefined || seenAt === head) return;
  throw new UserError('there is a newer commit than the one that the gates were looked at from', {
    why: 'it may hold a step of another cluster, or of another person, that this one must wait for',
    fix: `run the command again, see where it is: npm run rotate -- plan ${kind.name}`,
  });
}

/** The step was chosen, and its gates were looked at, before the lock was taken. */
function demandPhase(tree: SourceTree, { kind, step, clusters }: TakeStepRequest): void {
  for (const cluster of clusters) {
    const phase = phaseOf(kind, tree, cluster)?.name;
    if (phase === step.from.name) continue;
    throw new UserError(`${cluster} is in ${phase} of ${kind.name} by now, not in ${step.from.name}`, {
      why: 'an earlier step had been committed, or another rotation has come between',
      fix: `see where it is, then go on: npm run rotate -- plan ${kind.name}`,
    });
  }
}

function messageOf({ kind, step, clusters, emergency }: TakeStepRequest, changes: FileChanges): string {
  const subject = stepSubject({ kind: kind.name, from: step.from.name, to: step.to.name, clusters });
  const what = emergency ? EMERGENCY : step.transition.does;
  return `${subject}\n\n${what}\n\n${[...changes.keys()].sort().join('\n')}\n`;
}
