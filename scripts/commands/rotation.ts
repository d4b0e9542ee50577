import { resolve } from 'node:path';
import { finishCommit } from '../git/commit-files.ts';
import { type GitRepository, openGit, resolveCommit, runGit } from '../git/git.ts';
import type { ClusterRecord } from '../records/cluster-record.ts';
import { visible } from '../report/text.ts';
import { nearest } from '../resources/nearest.ts';
import { type Direction, type LegalStep, legalStep, phaseOf } from '../rotate/engine.ts';
import type { FactPart } from '../rotate/facts/facts.ts';
import { saveFacts } from '../rotate/facts/saved.ts';
import { areOpen, type ClusterGates, gatesOf, lookAtClusters } from '../rotate/gates-of.ts';
import { KINDS } from '../rotate/kinds/kinds.ts';
import type { RotationKind, Transition } from '../rotate/rotation.ts';
import { withRotationLock } from '../rotate/rotation-lock.ts';
import { EMERGENCY, parseStepSubject } from '../rotate/step-subject.ts';
import { takeStep } from '../rotate/take-step.ts';
import { openTrackedTree } from '../rotate/tracked-tree.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { log } from '../system/log.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { didYouMean } from '../yaml/schema-words.ts';
import { chosenClusters } from './rotation-clusters.ts';
import { collectedFacts, type FactOptions } from './rotation-facts.ts';
import { type InputOptions, readInputs, readSurroundings } from './rotation-inputs.ts';
import { nextStep } from './rotation-step.ts';

export interface RotateOptions extends FactOptions, InputOptions {
  cluster?: string[];
  to?: string;
  commit?: boolean;
  emergency?: boolean;
  output: 'pretty' | 'json';
}

/** Shows the phases of a kind, where each cluster is, and what the next step waits for. */
export function plan(
  root: string,
  kindName: string,
  options: { cluster?: string[]; output: 'pretty' | 'json' },
): number {
  const tree = openSourceTree(root);
  const kind = kindOf(kindName);
  const clusters = chosenClusters(tree, options.cluster).flatMap(({ name }) => {
    const phase = phaseOf(kind, tree, name);
    if (!phase) return [];
    const back = phase.back ? { back: legalStep(kind, phase, 'back').to.name } : {};
    return [{ cluster: name, phase: phase.name, next: legalStep(kind, phase, 'forward').to.name, ...back }];
  });
  if (options.output === 'json') {
    const phases = kind.phases.map(({ name, holds, forward, back }) => ({
      name,
      holds,
      forward: { does: forward.does, gates: forward.gates.map(({ wants }) => wants) },
      ...(back ? { back: { does: back.does, gates: back.gates.map(({ wants }) => wants) } } : {}),
    }));
    printJson({ kind: kind.name, summary: kind.summary, phases, clusters });
    return 0;
  }
  const lines = kind.phases.flatMap(({ name, holds, forward, back }, index) => [
    `${index + 1}. ${name}: ${holds}`,
    ...clusters.filter(({ phase }) => phase === name).map(({ cluster }) => `     ${cluster} is here`),
    ...forward.gates.map(({ wants }) => `   waits until ${wants}`),
    `   next  ${forward.does}`,
    ...(back ? [`   back  ${back.does}`] : []),
  ]);
  process.stdout.write(`${kind.name}: ${kind.summary}\n${lines.join('\n')}\n`);
  if (clusters.length > 1) process.stdout.write(ORDER);
  const { emergency, noEmergency } = kind;
  if (emergency) process.stdout.write(`In an emergency, in one step: ${emergency.loses}.\n`);
  if (noEmergency) process.stdout.write(`No phase can be left out: ${noEmergency}.\n`);
  return 0;
}

const ORDER =
  'The next step is taken first where a cluster is furthest behind, the step back where one is furthest ahead.\n';

/** Takes the next step as one commit; without `commit` only says what it would change. */
export function apply(root: string, kind: string, options: RotateOptions): Promise<number> {
  return take(root, kindOf(kind), 'forward', options);
}

/** Takes the step back to the phase before. */
export function abort(root: string, kind: string, options: RotateOptions): Promise<number> {
  return take(root, kindOf(kind), 'back', options);
}

/**
 * Says whether the world is ready for the next step. Exit code 1 where it is not.
 * @throws UserError where it is not said how to look at it
 */
export async function verify(root: string, kindName: string, options: RotateOptions): Promise<number> {
  const tree = openSourceTree(root);
  const kind = kindOf(kindName);
  const { clusters, step } = nextStep(tree, kind, 'forward', options);
  const gates = await gatesNow(tree, kind, step, clusters, options);
  if (!options.context && options.from === undefined && lookAtClusters(gates)) {
    throw nothingLookedAt(kind, clusters);
  }
  if (step.transition.gates.length === 0) log(`${kind.name} is in ${step.from.name}: the next step waits for nothing`);
  if (options.output === 'json') printJson({ open: areOpen(gates), clusters: gates });
  else showGates(gates);
  return areOpen(gates) ? 0 : 1;
}

function nothingLookedAt({ name }: RotationKind, clusters: readonly ClusterRecord[]): UserError {
  return new UserError('`rotate verify` needs --context or --from', {
    why: `whether ${name} may go on shows in what runs in ${clusters.map((one) => one.name).join(', ')}`,
    fix: `npm run rotate -- verify ${name} --context CONTEXT-OF-EACH, or --from FOLDER with what \`rotate collect\` has saved`,
  });
}

async function take(root: string, kind: RotationKind, direction: Direction, options: RotateOptions): Promise<number> {
  const git = await openGit(root);
  // Not while another command is still writing.
  const isCaughtUp = options.commit && (await withRotationLock(git, () => finishCommit(git)));
  if (isCaughtUp) log('the work tree was behind its last commit, as after a crash: it has been caught up');
  const seenAt = options.commit ? { seenAt: await resolveCommit(git, 'HEAD') } : {};
  const tree = await openTrackedTree(git);
  if (options.emergency && (direction === 'back' || !kind.emergency)) {
    throw new UserError(`${kind.name} has no way to leave phases out`, {
      why: kind.noEmergency ?? 'a step back is taken one by one',
      fix: `take its steps one after the other: npm run rotate -- plan ${kind.name}`,
    });
  }
  const { clusters, step } = nextStep(tree, kind, direction, options);
  const names = clusters.map(({ name }) => name);
  if (
    options.commit &&
    !options.to &&
    (await isTaken(git, kind, direction, step, names, options, isCaughtUp === true))
  ) {
    log(`${kind.name} is in ${step.from.name} by the last commit here: what was begun has been done, and nothing more`);
    log(`to go on from there: push it, merge it, and name the next phase: --to ${step.to.name}`);
    return 0;
  }
  const gates = options.emergency ? [] : await gatesNow(tree, kind, step, clusters, options);
  if (options.emergency) log(`emergency: no gate is looked at; ${kind.emergency?.loses}`);
  if (options.output === 'pretty') showGates(gates);
  if (!areOpen(gates)) {
    if (options.output === 'json') printJson({ open: false, clusters: gates });
    log(
      `${kind.name} may not ${direction === 'back' ? 'go back' : 'go on'} from ${step.from.name} yet: a step that comes too early loses requests`,
    );
    return 1;
  }
  // Secret values are read once it is known that they are needed.
  const surroundings = await readSurroundings(root, tree, step.transition, names, options);
  const inputs = { ...(await readInputs(options)), ...surroundings };
  const result = await takeStep(root, {
    kind,
    step,
    clusters: names,
    inputs,
    emergency: options.emergency ?? false,
    dryRun: !options.commit,
    ...seenAt,
  });
  if (options.output === 'json')
    printJson({ open: true, clusters: gates, from: step.from.name, to: step.to.name, ...result });
  else for (const { path, change } of result.changes) process.stdout.write(`${change} ${path}\n`);
  log(`${kind.name}: ${step.from.name} → ${step.to.name} in ${names.join(', ')}`);
  log(
    result.commit
      ? `commit ${result.commit.slice(0, 12)}: push it, merge it, then \`npm run rotate -- verify ${kind.name}\``
      : 'nothing was written; with --commit it is one commit',
  );
  return 0;
}

/**
 * Whether the command is the repetition of one that was killed after its commit: its step is the last commit here, and the work tree had to be
 * caught up, or the rotation was over with it, or both go back, for which few gates wait. Else the repetition would take another step, or begin
 * another rotation.
 */
async function isTaken(
  git: GitRepository,
  kind: RotationKind,
  direction: Direction,
  { from }: LegalStep,
  clusters: readonly string[],
  { emergency = false }: RotateOptions,
  isCaughtUp: boolean,
): Promise<boolean> {
  const { stdout } = await runGit(git.folder, ['log', '-1', '--format=%B']);
  const last = parseStepSubject(stdout.split('\n')[0] ?? '');
  if (last?.kind !== kind.name || last.to !== from.name || stdout.includes(EMERGENCY) !== emergency) return false;
  const isOver = from === kind.phases[0];
  const order = kind.phases.map(({ name }) => name);
  const goesBackAgain = direction === 'back' && order.indexOf(last.from) > order.indexOf(last.to);
  return (isCaughtUp || isOver || goesBackAgain) && clusters.some((one) => last.clusters.includes(one));
}

/** Saves what gates look at, for a machine from which the clusters cannot be reached. */
export async function collect(folder: string, options: FactOptions & { kind?: string[] }): Promise<number> {
  const kinds = options.kind ? options.kind.map(kindOf) : KINDS;
  const transitions = kinds.flatMap(({ phases }) =>
    phases.flatMap(({ forward, back }) => [forward, ...(back ? [back] : [])]),
  );
  for (const path of saveFacts(resolve(callerFolder(), folder), await collectedFacts(options, partsOf(transitions)))) {
    process.stdout.write(`+ ${path}\n`);
  }
  return 0;
}

function partsOf(transitions: readonly Transition[]): FactPart[] {
  return [...new Set(transitions.flatMap(({ gates }) => gates.flatMap(({ reads }) => reads)))];
}

async function gatesNow(
  tree: SourceTree,
  kind: RotationKind,
  step: LegalStep,
  clusters: readonly ClusterRecord[],
  options: RotateOptions,
): Promise<ClusterGates[]> {
  const names = clusters.map(({ name }) => name);
  return gatesOf(tree, kind, step, names, await collectedFacts(options, partsOf([step.transition])), new Date());
}

function showGates(all: readonly ClusterGates[]): void {
  for (const { cluster, gates } of all) {
    for (const { name, wants, closed } of gates) {
      log(`${cluster}: ${closed.length === 0 ? 'open  ' : 'closed'} ${name}: ${wants}`);
      for (const reason of closed) log(`    ${visible(reason)}`);
    }
  }
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** @throws UserError where there is none of that name */
function kindOf(name: string): RotationKind {
  const kind = KINDS.find((one) => one.name === name);
  if (kind) return kind;
  const names = KINDS.map((one) => one.name);
  throw new UserError(`there is no kind of secret \`${name}\`${didYouMean(nearest(name, names))}`, {
    fix: `kinds are ${names.join(', ')}`,
  });
}
