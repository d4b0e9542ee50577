import type { SourceTree } from '../../system/source-tree.ts';
import { type Direction, phaseOf } from '../engine.ts';
import type { RotationKind, StepInputs } from '../rotation.ts';
import { stepped } from '../testing/rotation-tree.ts';

/** What git says at one point, made by the steps of the kind itself. */
export interface GitState {
  /** Name of the phase; `done` after the last step. */
  phase: string;
  tree: SourceTree;
  /** Index of the state that each step leads to. */
  steps: Partial<Record<Direction, number>>;
}

export const CLUSTER = 'prod-eu';

/**
 * Every state that git can be in, by every step forward and back, from one rotation and from those that begin after one was taken back: each of
 * them makes a new value.
 * @param count how many rotations; where the last of them is over or taken back, nothing follows
 */
export async function rounds(
  kind: RotationKind,
  first: SourceTree,
  { now, count, inputs }: { now: Date; count: number; inputs?: (round: number) => StepInputs },
): Promise<GitState[]> {
  const states: GitState[] = [];
  const known = new Map<string, number>();
  const rest = kind.phases[0].name;
  const reach = async (tree: SourceTree, round: number, isOver: boolean): Promise<number> => {
    const phase = phaseOf(kind, tree, CLUSTER);
    if (!phase) throw new Error(`${CLUSTER} has no ${kind.name}`);
    const key = JSON.stringify([isOver, ...tree.list(`clusters/${CLUSTER}`).map((path) => [path, tree.read(path)])]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const index = states.length;
    known.set(key, index);
    const state: GitState = { phase: isOver ? 'done' : phase.name, tree, steps: {} };
    states.push(state);
    if (isOver || round === count) return index;
    for (const direction of ['forward', 'back'] as const) {
      if (!phase[direction]) continue;
      const next = await stepped(tree, kind, { now, clusters: [CLUSTER], direction, inputs: inputs?.(round) ?? {} });
      const isAtRest = phaseOf(kind, next, CLUSTER)?.name === rest;
      state.steps[direction] = await reach(next, isAtRest ? round + 1 : round, isAtRest && direction === 'forward');
    }
    return index;
  };
  await reach(first, 0, false);
  return states;
}

/** For each state the first that is like it in something: what differs in nothing is one. */
export function firstAlike(states: readonly GitState[], of: (tree: SourceTree) => unknown): (index: number) => number {
  const keys = states.map(({ tree }) => JSON.stringify(of(tree)));
  const first = keys.map((key) => keys.indexOf(key));
  return (index) => first[index] as number;
}
