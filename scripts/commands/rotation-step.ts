import type { ClusterRecord } from '../records/cluster-record.ts';
import { type Direction, type LegalStep, legalStep, phaseOf } from '../rotate/engine.ts';
import { isFromVault, vaultError } from '../rotate/from-vault.ts';
import { meshOf } from '../rotate/mesh-members.ts';
import type { RotationKind, RotationPhase } from '../rotate/rotation.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { chosenClusters } from './rotation-clusters.ts';

export interface StepChoice {
  /** Names, where a person has chosen. */
  cluster?: string[];
  to?: string;
  emergency?: boolean;
}

export interface NextStep {
  clusters: ClusterRecord[];
  step: LegalStep;
}

/**
 * The clusters that are in one phase, and the step from it. Where they are in several, those that are furthest behind go on first, and those
 * that are furthest ahead go back first: the way back of what holds a mesh together is the way that it came.
 * @throws UserError where no cluster has such a secret, one that was named has it from a vault, or those that were named are in different phases
 */
export function nextStep(tree: SourceTree, kind: RotationKind, direction: Direction, options: StepChoice): NextStep {
  const fromVault = options.cluster?.find((name) => isFromVault(tree, name, kind.name));
  if (fromVault !== undefined) throw vaultError(fromVault, kind.name);
  const all = chosenClusters(tree, options.cluster).flatMap((record) => {
    const phase = phaseOf(kind, tree, record.name);
    return phase ? [{ record, phase }] : [];
  });
  const rest = kind.phases[0];
  if (options.emergency) return emergencyStep(tree, kind, all, options);
  // A rotation that has begun is finished before the next one begins.
  const begun = all.filter(({ phase }) => phase !== rest);
  const candidates = options.cluster || begun.length === 0 ? all : begun;
  const isTaken = (one: RotationPhase) => candidates.some(({ phase }) => phase === one);
  const first = direction === 'forward' ? kind.phases.find(isTaken) : kind.phases.findLast(isTaken);
  if (!first) throw hasNone(tree, kind, options.cluster);
  const others = candidates.filter(({ phase }) => phase !== first);
  if (options.cluster && others.length > 0) {
    throw new UserError(
      `${others.map(({ record }) => record.name).join(', ')} and the others are in different phases`,
      {
        why: 'one step leads from one phase to the next',
        fix: `name those of one phase: npm run rotate -- plan ${kind.name} says which they are`,
      },
    );
  }
  const clusters = candidates.filter(({ phase }) => phase === first).map(({ record }) => record);
  if (kind.isMeshWide && !options.cluster) demandOneMesh(tree, kind, clusters);
  return { clusters, step: legalStep(kind, first, direction, options.to) };
}

interface Place {
  record: ClusterRecord;
  phase: RotationPhase;
}

/** Who knows the secret knows it of every cluster that has it, whichever phase it is in. */
function emergencyStep(
  tree: SourceTree,
  kind: RotationKind,
  all: readonly Place[],
  { to, cluster }: StepChoice,
): NextStep {
  const [rest] = kind.phases;
  const [first] = all;
  if (!first) throw hasNone(tree, kind, cluster);
  if (to !== undefined && to !== rest.name) {
    throw new UserError(`an emergency leads from any phase of ${kind.name} to ${rest.name}, not to ${to}`, {
      fix: `npm run rotate -- apply ${kind.name} --emergency --to ${rest.name}`,
    });
  }
  const clusters = all.map(({ record }) => record);
  return { clusters, step: { from: first.phase, to: rest, transition: { ...first.phase.forward, gates: [] } } };
}

function hasNone(tree: SourceTree, kind: RotationKind, named: readonly string[] = []): UserError {
  const isElsewhere = chosenClusters(tree).some(({ name }) => phaseOf(kind, tree, name) !== undefined);
  const [first = 'CLUSTER'] = named;
  const who = isElsewhere ? `${named.join(', ')}: there is none of` : 'no cluster has';
  // What is done once for all clusters has been done where one of them has it.
  const begin = isElsewhere ? undefined : kind.begin;
  return new UserError(`${who} what ${kind.name} replaces: ${kind.summary}`, {
    fix: begin ?? `give it the first secrets: npm run rotate -- init ${first} --context CONTEXT`,
  });
}

/** What is given for a step of one mesh, such as a new root, is not for another one unless a person says so. */
function demandOneMesh(tree: SourceTree, { name }: RotationKind, clusters: readonly ClusterRecord[]): void {
  const names = clusters.map((one) => one.name);
  const [first = ''] = names;
  const others = names.filter((one) => !meshOf(tree, first).includes(one));
  if (others.length === 0) return;
  throw new UserError(`${first} and ${others.join(', ')} are of different meshes`, {
    why: 'a cluster outside of the federation is a mesh of its own: what is given for one need not be for the other',
    fix: `name those that take the step: npm run rotate -- apply ${name} --cluster ${meshOf(tree, first)
      .filter((one) => names.includes(one))
      .join(' ')}`,
  });
}
