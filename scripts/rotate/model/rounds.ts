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
 * Every state that git can be in, from one rotation, and from those that begin after the first ones were taken back: each of them makes a
 * new value.
 */
export async function rounds(
  kind: RotationKind,
  first: SourceTree,
  { now, count, inputs }: { now: Date; count: number; inputs?: (round: number) => StepInputs },
): Promise<GitState[]> {
  const states: GitState[] = [];
  let start = first;
  for (let round = 0; round < count; round++) {
    const base = states.length;
    let tree = start;
    for (const [index, { name }] of kind.phases.entries()) {
      const isFirst = index === 0;
      const back = index === 1 ? { back: base + kind.phases.length + 1 } : isFirst ? {} : { back: base + index - 1 };
      states.push({ phase: name, tree, steps: { forward: base + index + 1, ...back } });
      tree = await stepped(tree, kind, { now, clusters: [CLUSTER], inputs: inputs?.(round) ?? {} });
    }
    states.push({ phase: 'done', tree, steps: {} });
    const second = states[base + 1] as GitState;
    start = await stepped(second.tree, kind, { now, clusters: [CLUSTER], direction: 'back' });
  }
  // Where the last of them is taken back, nothing follows.
  states.push({ phase: phaseOf(kind, start, CLUSTER)?.name ?? '', tree: start, steps: {} });
  return states;
}

/** For each state the first that is like it in something: what differs in nothing is one. */
export function firstAlike(states: readonly GitState[], of: (tree: SourceTree) => unknown): (index: number) => number {
  const keys = states.map(({ tree }) => JSON.stringify(of(tree)));
  const first = keys.map((key) => keys.indexOf(key));
  return (index) => first[index] as number;
}
