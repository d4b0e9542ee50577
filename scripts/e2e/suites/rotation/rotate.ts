import { type Direction, legalStep, phaseOf } from '../../../rotate/engine.ts';
import { collectFacts } from '../../../rotate/facts/collect.ts';
import { areOpen, type ClusterGates, gatesOf } from '../../../rotate/gates-of.ts';
import type { RotationKind, RotationPhase, StepInputs } from '../../../rotate/rotation.ts';
import { takeStep } from '../../../rotate/take-step.ts';
import { openSourceTree } from '../../../system/source-tree.ts';
import { waitFor } from '../../../system/wait-for.ts';
import type { Connection } from '../../../verify/connection.ts';
import { mergeAndSync, seconds } from '../../argo.ts';
import type { Figure, World } from '../../suite.ts';
import { closedReasons, seenReasons } from './closed-gates.ts';

export interface RotateOptions {
  kind: RotationKind;
  /** What only a person has, for the step into a phase. */
  inputsFor?: (phase: string) => Promise<StepInputs> | StepInputs;
  /** Clusters that take the steps; all of them where it is absent. */
  clusters?: readonly Connection[];
  /** Phases whose gates must be closed right after the step into them: open ones would look at nothing. */
  closedAtFirst?: readonly string[];
  /** What a person does at the end. */
  cleanUp?: () => Promise<void>;
  /** Days that gates take for passed: a test cannot wait for sessions to end. */
  daysLater?: number;
}

const DAY_MS = 86_400_000;
const GATES_TIMEOUT_MS = 240_000;

/**
 * Takes every step of a rotation in all clusters, as a user does: gates, commit, push, sync; until it is over, and the next may begin: what is
 * not in use any more is gone.
 */
export async function rotate(world: World, options: RotateOptions): Promise<Figure[]> {
  const { kind } = options;
  const begun = performance.now();
  const figures: Figure[] = [];
  do figures.push(await takeOne(world, options, 'forward'));
  while (currentPhase(world, options) !== kind.phases[0]);
  await options.cleanUp?.();
  await gatesOpen(world, options, 'forward');
  return [...figures, { name: `${kind.name}: all of it`, value: seconds(begun), unit: 's' }];
}

/** Waits until the gates are open, takes one step, and waits until the clusters run it. */
async function takeOne(world: World, options: RotateOptions, direction: Direction): Promise<Figure> {
  const { kind, clusters = world.clusters, inputsFor = () => ({}), closedAtFirst = [] } = options;
  const begun = performance.now();
  const step = legalStep(kind, currentPhase(world, options), direction);
  if (direction === 'forward' && closedAtFirst.includes(step.from.name)) await demandClosed(world, options);
  await gatesOpen(world, options, direction);
  const inputs = await inputsFor(step.to.name);
  const names = clusters.map(({ context }) => context);
  await takeStep(world.checkout, { kind, step, clusters: names, inputs, emergency: false, dryRun: false });
  await mergeAndSync(world, `e2e: ${kind.name} is in ${step.to.name}`);
  return { name: `${kind.name}: from ${step.from.name} to ${step.to.name}`, value: seconds(begun), unit: 's' };
}

async function gatesOpen(world: World, options: RotateOptions, direction: Direction): Promise<void> {
  const { kind } = options;
  const { from, to } = legalStep(kind, currentPhase(world, options), direction);
  await waitFor(() => openGates(world, options, direction), {
    what: `the gates of ${kind.name} from ${from.name} to ${to.name}`,
    timeoutMs: GATES_TIMEOUT_MS,
    // Each look asks every proxy: more of them would take from the clusters what they need to follow.
    everyMs: 8000,
    fix: `npm run rotate -- verify ${kind.name}`,
  });
}

/** What cannot be looked at is asked anew: it would close the gates, too. */
async function demandClosed(world: World, options: RotateOptions): Promise<void> {
  const seen = async () => {
    const gates = await lookAtGates(world, options, 'forward');
    const isSeen = closedReasons(gates).length === 0 || seenReasons(gates).length > 0;
    if (!isSeen) throw new Error(closedReasons(gates).join('\n'));
    return gates;
  };
  const { name } = options.kind;
  const what = `a look at the gates of ${name} right after a step`;
  const gates = await waitFor(seen, { what, timeoutMs: 60_000, fix: `npm run rotate -- verify ${name}` });
  if (areOpen(gates)) throw new Error(`the gates of ${name} were open before the clusters could have followed`);
}

/** @throws Error with the reasons where one is closed */
async function openGates(world: World, options: RotateOptions, direction: Direction): Promise<true> {
  const gates = await lookAtGates(world, options, direction);
  if (areOpen(gates)) return true;
  throw new Error(closedReasons(gates).join('\n'));
}

/** None where the step waits for nothing. */
async function lookAtGates(world: World, options: RotateOptions, direction: Direction): Promise<ClusterGates[]> {
  const { kind, clusters = world.clusters, daysLater = 0 } = options;
  const step = legalStep(kind, currentPhase(world, options), direction);
  if (step.transition.gates.length === 0) return [];
  const facts = await Promise.all(world.clusters.map((cluster) => collectFacts(cluster, cluster.context)));
  const names = clusters.map(({ context }) => context);
  const now = new Date(Date.now() + daysLater * DAY_MS);
  return gatesOf(openSourceTree(world.checkout), kind, step, names, facts, now);
}

function currentPhase({ checkout, clusters }: World, options: RotateOptions): RotationPhase {
  const [first] = options.clusters ?? clusters;
  const phase = phaseOf(options.kind, openSourceTree(checkout), first?.context ?? '');
  if (!phase) throw new Error(`${first?.context} has no ${options.kind.name}`);
  return phase;
}
