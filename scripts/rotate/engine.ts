import { guardedPlan } from '../generate/guarded-plan.ts';
import type { ClusterRecord } from '../records/cluster-record.ts';
import { overlayTree, type SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { highestVersion } from './cluster-files.ts';
import type { ClusterFacts } from './facts/facts.ts';
import { isFromVault } from './from-vault.ts';
import { demandRotationFile, rotationLost } from './lost-rotation.ts';
import type {
  FileChanges,
  Gate,
  GateContext,
  RotationKind,
  RotationPhase,
  StepInputs,
  Transition,
} from './rotation.ts';
import { readRotationFile, rotationPath, rotationText } from './rotation-file.ts';

export type Direction = 'forward' | 'back';

/** A step that is legal now: from where to where. */
export interface LegalStep {
  from: RotationPhase;
  to: RotationPhase;
  transition: Transition;
}

/**
 * The phase that a cluster is in, by its files. `undefined` where it has no such secret, or has it from a vault.
 * @throws UserError where they are in none, or the cluster has lost its rotation.yaml
 */
export function phaseOf(kind: RotationKind, tree: SourceTree, cluster: string): RotationPhase | undefined {
  demandRotationFile(tree, cluster);
  if (isFromVault(tree, cluster, kind.name)) return undefined;
  const name = kind.observe(tree, cluster);
  if (name === undefined) return undefined;
  const phase = kind.phases.find((one) => one.name === name);
  if (!phase) throw new Error(`${kind.name} observes a phase that it has not: ${name}`);
  // Every step but the last one of a rotation leaves an entry there.
  if (phase !== kind.phases[0] && tree.read(rotationPath(cluster)) === undefined)
    throw rotationLost(cluster, `${kind.name} is in ${name}`);
  return phase;
}

/**
 * The one step that leads on, or back.
 * @param to name of the phase that was asked for, where one was
 * @throws UserError that names the legal step, where another was asked for or there is none
 */
export function legalStep(kind: RotationKind, from: RotationPhase, direction: Direction, to?: string): LegalStep {
  const index = kind.phases.indexOf(from);
  const next = kind.phases[(index + 1) % kind.phases.length] as RotationPhase;
  const previous = kind.phases[index - 1];
  const transition = from[direction];
  const target = direction === 'forward' ? next : previous;
  if (!transition || !target) {
    throw new UserError(`${kind.name} is in ${from.name}: there is nothing to go back from`, {
      fix: `the one step from here is to ${next.name}: npm run rotate -- apply ${kind.name}`,
    });
  }
  if (to !== undefined && to !== target.name) {
    const names = kind.phases.map(({ name }) => name);
    throw new UserError(
      names.includes(to) ? `no step leads from ${from.name} to ${to}` : `${kind.name} has no phase \`${to}\``,
      {
        why: names.includes(to)
          ? `each phase makes the next one safe: ${target.name} comes first (${transition.does})`
          : `its phases are ${names.join(', ')}`,
        fix: `npm run rotate -- apply ${kind.name} --to ${target.name}`,
      },
    );
  }
  return { from, to: target, transition };
}

export interface GateState {
  name: string;
  wants: string;
  /** Why it is closed; none where it is open. */
  closed: string[];
}

/** Gates of a transition, with facts of every cluster that they look at. */
export function gateStates(gates: readonly Gate[], facts: readonly ClusterFacts[], context: GateContext): GateState[] {
  return gates.map(({ name, wants, check }) => ({ name, wants, closed: check(facts, context) }));
}

export interface StepRequest {
  kind: RotationKind;
  step: LegalStep;
  clusters: readonly ClusterRecord[];
  inputs: StepInputs;
  now: Date;
  /** Who rotates, for the record. */
  by: string;
  /** Takes the step that leaves the phases out. */
  emergency?: boolean;
}

/**
 * Every file that a step changes, with all that is generated from it. Pure: the tree is read, nothing is written.
 * @throws UserError when an input or a record is missing or wrong, or generated files were edited by hand
 */
export async function changesOf(tree: SourceTree, request: StepRequest): Promise<FileChanges> {
  const { kind, step, clusters, inputs, now } = request;
  const take = request.emergency && kind.emergency ? kind.emergency.step : step.transition.step;
  const changes = new Map<string, string | undefined>();
  for (const cluster of clusters) {
    // Clusters may share a file: each step starts from what the one before has made of it.
    const context = { tree: overlayTree(tree, changes), cluster, now, inputs };
    for (const [path, text] of await take(context)) changes.set(path, text);
    const path = rotationPath(cluster.name);
    changes.set(path, withUnderWay(overlayTree(tree, changes), cluster.name, request));
  }
  const stepped = overlayTree(tree, changes);
  for (const { name } of clusters) {
    const reached = phaseOf(kind, stepped, name)?.name;
    if (reached !== step.to.name) throw new Error(`${kind.name} leads ${name} to ${reached}, not to ${step.to.name}`);
  }
  const plan = guardedPlan(stepped);
  for (const [path, text] of plan.writes) changes.set(path, text);
  for (const path of plan.orphans) changes.set(path, undefined);
  return new Map([...changes].filter(([path, text]) => tree.read(path) !== text));
}

/** Names the rotation, until it is over. */
function withUnderWay(tree: SourceTree, cluster: string, request: StepRequest): string | undefined {
  const { kind, step, now, by, emergency } = request;
  const highest = highestVersion(tree, cluster);
  const file = { ...readRotationFile(tree, cluster), ...(highest > 1 ? { highest } : {}) };
  const { [kind.name]: current, ...others } = file.underWay;
  if (step.to === kind.phases[0]) return rotationText({ ...file, underWay: others });
  const since = now.toISOString();
  const id = current?.id ?? `${kind.name}-${since.replace(/\D/g, '').slice(0, 14)}`;
  const reached = furthest(kind, step, current?.reached);
  const entry = {
    id,
    by,
    phase: step.to.name,
    since,
    ...(reached ? { reached } : {}),
    ...(emergency ? { emergency: true as const } : {}),
  };
  return rotationText({ ...file, underWay: { ...others, [kind.name]: entry } });
}

/** @returns the phase furthest on that this rotation has been in, where that is beyond the one that the step leads to */
function furthest({ phases }: RotationKind, { from, to }: LegalStep, before: string | undefined): string | undefined {
  const order = phases.map(({ name }) => name);
  const index = Math.max(order.indexOf(from.name), order.indexOf(before ?? ''));
  return index > order.indexOf(to.name) ? order[index] : undefined;
}
