import { type Direction, legalStep, phaseOf } from '../../../rotate/engine.ts';
import { collectFacts } from '../../../rotate/facts/collect.ts';
import { areOpen, gatesOf } from '../../../rotate/gates-of.ts';
import type { RotationKind, StepInputs } from '../../../rotate/rotation.ts';
import { takeStep } from '../../../rotate/take-step.ts';
import { openSourceTree } from '../../../system/source-tree.ts';
import { waitFor } from '../../../system/wait-for.ts';
import { mergeAndSync, seconds } from '../../argo.ts';
import type { Figure, World } from '../../suite.ts';

export interface RotateOptions {
  kind: RotationKind;
  /** What only a person has, for the step into a phase. */
  inputsFor?: (phase: string) => Promise<StepInputs> | StepInputs;
  /** Days that gates take for passed: a test cannot wait for sessions to end. */
  daysLater?: number;
}

const DAY_MS = 86_400_000;
const GATES_TIMEOUT_MS = 240_000;

/** Takes every step of a rotation in all clusters, as a user does: gates, commit, push, sync; until it is over. */
export async function rotate(world: World, options: RotateOptions): Promise<Figure[]> {
  const { kind } = options;
  const begun = performance.now();
  const figures: Figure[] = [];
  do figures.push(await takeOne(world, options, 'forward'));
  while (currentPhase(world, kind) !== kind.phases[0]);
  return [...figures, { name: `${kind.name}: all of it`, value: seconds(begun), unit: 's' }];
}

/** Waits until the gates are open, takes one step, and waits until the clusters run it. */
export async function takeOne(world: World, options: RotateOptions, direction: Direction): Promise<Figure> {
  const { kind, inputsFor = () => ({}) } = options;
  const begun = performance.now();
  const step = legalStep(kind, currentPhase(world, kind), direction);
  await waitFor(() => openGates(world, options, direction), {
    what: `the gates of ${kind.name} from ${step.from.name} to ${step.to.name}`,
    timeoutMs: GATES_TIMEOUT_MS,
    everyMs: 3000,
    fix: `npm run rotate -- verify ${kind.name}`,
  });
  const clusters = world.clusters.map(({ context }) => context);
  const inputs = await inputsFor(step.to.name);
  await takeStep(world.checkout, { kind, step, clusters, inputs, emergency: false, dryRun: false });
  await mergeAndSync(world, `e2e: ${kind.name} is in ${step.to.name}`);
  return { name: `${kind.name}: from ${step.from.name} to ${step.to.name}`, value: seconds(begun), unit: 's' };
}

/** @throws Error with the reasons where one is closed */
export async function openGates(
  world: World,
  { kind, daysLater = 0 }: RotateOptions,
  direction: Direction,
): Promise<true> {
  const tree = openSourceTree(world.checkout);
  const step = legalStep(kind, currentPhase(world, kind), direction);
  const names = world.clusters.map(({ context }) => context);
  const facts = await Promise.all(world.clusters.map((cluster) => collectFacts(cluster, cluster.context)));
  const now = new Date(Date.now() + daysLater * DAY_MS);
  const gates = gatesOf(tree, kind, step, names, names, facts, now);
  if (areOpen(gates)) return true;
  throw new Error(gates.flatMap((one) => one.gates.flatMap(({ closed }) => closed)).join('\n'));
}

function currentPhase({ checkout, clusters }: World, kind: RotationKind) {
  const phase = phaseOf(kind, openSourceTree(checkout), clusters[0]?.context ?? '');
  if (!phase) throw new Error(`the clusters have no ${kind.name}`);
  return phase;
}
