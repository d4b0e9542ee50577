import { remembered } from '../../system/remembered.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { type Direction, legalStep, phaseOf } from '../engine.ts';
import type { ClusterFacts } from '../facts/facts.ts';
import { areOpen, gatesOf } from '../gates-of.ts';
import type { RotationKind } from '../rotation.ts';
import type { GitState } from './rounds.ts';

/** A step that is taken whatever its gates say. */
export interface Shortcut {
  from: string;
  direction: Direction;
}

/** What a model leaves out, to see what it cuts off. */
export interface Omissions {
  shortcuts?: readonly Shortcut[];
  /** A gate, as `PHASE DIRECTION NAME`. */
  without?: string;
}

const DAY_MS = 86_400_000;

/** Facts of a cluster of which nothing could be read, but for what is given. */
export function factsOf(cluster: string, now: Date, known: Partial<ClusterFacts>): ClusterFacts {
  const unreadable = { unreadable: 'it is not in the model' };
  return {
    cluster,
    // Later than every step: gates refuse what was collected before the last one.
    collectedAt: new Date(now.getTime() + DAY_MS).toISOString(),
    ...{ proxies: unreadable, istiods: unreadable, trustMaps: unreadable, sealedSecrets: unreadable },
    ...{ workloads: unreadable, databaseRoles: unreadable, gatewayCertificates: unreadable },
    ...{ sealingKeys: unreadable, remoteClusters: unreadable, accountTokens: unreadable },
    ...known,
  };
}

interface World {
  facts: readonly ClusterFacts[];
  now: Date;
  /** A gate that is left out: its name, after the step that it is left out of, or alone. */
  without?: string | undefined;
}

/** Whether the gates of a kind, the very ones that `rotate apply` asks, let a cluster take its next step. */
export function isLegal(
  kind: RotationKind,
  tree: SourceTree,
  cluster: string,
  direction: Direction,
  { facts, now, without }: World,
): boolean {
  const from = phaseOf(kind, tree, cluster);
  if (!from?.[direction]) return false;
  const step = legalStep(kind, from, direction);
  const gates = gatesOf(tree, kind, step, [cluster], facts, now);
  return areOpen(
    gates.map((one) => ({
      ...one,
      gates: one.gates.filter(({ name }) => ![name, `${from.name} ${direction} ${name}`].includes(without ?? '')),
    })),
  );
}

/** Where git is, and the step whose gates have been found open: the world goes on until it is committed. */
export interface Git {
  git: number;
  found?: Direction | undefined;
}

/** Looks at the gates of the steps from here, or commits one. */
export function gitMoves(
  states: readonly GitState[],
  { git, found }: Git,
  shortcuts: readonly Shortcut[],
  isOpen: (direction: Direction) => boolean,
): { what: string; change: Git }[] {
  const { phase, steps } = states[git] as GitState;
  return (['forward', 'back'] as const).flatMap((direction): { what: string; change: Git }[] => {
    const to = steps[direction];
    if (to === undefined) return [];
    const name = `${phase} to ${states[to]?.phase}`;
    const isShortcut = shortcuts.some((one) => one.from === phase && one.direction === direction);
    if (isShortcut || found === direction) return [{ what: `git: ${name}`, change: { git: to, found: undefined } }];
    return isOpen(direction) ? [{ what: `the gates are open: ${name}`, change: { git, found: direction } }] : [];
  });
}

/** Gates read certificates, and states are many: what few different arguments lead to is computed once. */
export function rememberedBy<A>(compute: (argument: A) => boolean): (argument: A) => boolean {
  const ofText = remembered((text) => compute(JSON.parse(text) as A), Number.POSITIVE_INFINITY);
  return (argument) => ofText(JSON.stringify(argument));
}
