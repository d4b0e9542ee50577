import type { SourceTree } from '../system/source-tree.ts';
import { type GateState, gateStates, type LegalStep, phaseOf } from './engine.ts';
import type { ClusterFacts } from './facts/facts.ts';
import { meshOf } from './mesh-members.ts';
import type { RotationKind } from './rotation.ts';
import { readRotationFile } from './rotation-file.ts';

export interface ClusterGates {
  cluster: string;
  gates: GateState[];
}

/** Every gate of a step that has something to wait for, for each cluster that is to take it. A kind that holds the mesh together looks at every member that has its secret. */
export function gatesOf(
  tree: SourceTree,
  kind: RotationKind,
  step: LegalStep,
  clusters: readonly string[],
  facts: readonly ClusterFacts[],
  now: Date,
): ClusterGates[] {
  const meshAround = (cluster: string) =>
    meshOf(tree, cluster).filter((name) => phaseOf(kind, tree, name) !== undefined);
  return clusters.map((cluster) => {
    const since = readRotationFile(tree, cluster).underWay[kind.name]?.since;
    const needed = kind.isMeshWide ? meshAround(cluster) : [cluster];
    const own = facts.filter((one) => needed.includes(one.cluster));
    const context = { tree, cluster, now };
    const gates = step.transition.gates.filter(({ applies }) => applies?.(context) ?? true);
    const looks = gates.some(({ reads }) => reads.length > 0);
    const states = gateStates(gates, own, context);
    return { cluster, gates: looks ? [collectedGate(needed, own, since), ...states] : states };
  });
}

/** Whether any of them is about what runs, rather than about what git holds. */
export function lookAtClusters(all: readonly ClusterGates[]): boolean {
  return all.some(({ gates }) => gates.some(({ name }) => name === COLLECTED));
}

const COLLECTED = 'collected';

/** What was collected before a step was taken says nothing about what it led to. */
function collectedGate(
  needed: readonly string[],
  facts: readonly ClusterFacts[],
  since: string | undefined,
): GateState {
  const missing = needed.filter((name) => !facts.some(({ cluster }) => cluster === name));
  const old = facts.filter(({ collectedAt }) => since && new Date(collectedAt) < new Date(since));
  return {
    name: COLLECTED,
    wants: 'something is known of each cluster since the last step',
    closed: [
      ...missing.map((name) => `${name}: nothing was collected (--context or --from)`),
      ...old.map(({ cluster, collectedAt }) => `${cluster}: was collected ${collectedAt}, before the last step`),
    ],
  };
}

export function areOpen(all: readonly ClusterGates[]): boolean {
  return all.every(({ gates }) => gates.every(({ closed }) => closed.length === 0));
}
