import type { SourceTree } from '../../system/source-tree.ts';
import type { Direction } from '../engine.ts';
import { SESSION_DAYS, session } from '../kinds/session.ts';
import { readRotationFile } from '../rotation-file.ts';
import type { Model, Move } from './explore.ts';
import { factsOf, gitMoves, isLegal, type Omissions, rememberedBy } from './git-steps.ts';
import { type Deployment, isRolledOut, type Rollout, rolloutMoves, settled, workloadFacts } from './rollout.ts';
import { CLUSTER, firstAlike, rounds } from './rounds.ts';
import { sealedFacts, Values } from './values.ts';

export interface SessionState extends Rollout {
  /** Since the last pod of an older template ended, in halves of the life of a session; more than two are all the same. */
  rolledOut: number;
  /** For each secret with which a session that lives was signed, how long the last of them will, in the same halves. */
  sessions: Record<number, number>;
}

/** With the hour that the gate adds for pods that are ending. */
const HALF_MS = ((SESSION_DAYS * 24 + 1) * 3_600_000) / 2;

/** Pods of api-gateway sign sessions at any moment, and any pod may be asked next. */
export async function sessionModel(
  first: SourceTree,
  sealingKey: string,
  now: Date,
  { shortcuts = [], without }: Omissions = {},
): Promise<Model<SessionState>> {
  const states = await rounds(session, first, { now, count: 2 });
  const inUse = (tree: SourceTree) => readRotationFile(tree, CLUSTER).inUse.session;
  const deployment: Deployment = {
    name: 'api-gateway',
    states,
    values: new Values(sealingKey),
    sameSecrets: firstAlike(states, sealedFacts),
    variables: [
      { name: 'SESSION_SECRET', key: 'session-secret', secret: (tree) => inUse(tree).secret },
      { name: 'SESSION_SECRET_ACCEPTED', key: 'session-secret', secret: (tree) => inUse(tree).accepted },
    ],
  };
  const isOpen = rememberedBy(({ git, direction, rolledOut, ...rollout }: GateArguments) => {
    const rolledOutAt = new Date(now.getTime() - rolledOut * HALF_MS).toISOString();
    const workloads = { value: [{ ...workloadFacts(deployment, rollout), rolledOutAt }] };
    const facts = [factsOf(CLUSTER, now, { workloads })];
    return isLegal(session, states[git]?.tree as SourceTree, CLUSTER, direction, { facts, now, without });
  });
  const start = settled(deployment, 3);
  return {
    initial: signed({ ...start, rolledOut: 2, sessions: {} }),
    moves: (state) => [
      ...rolloutMoves(deployment, state).map(({ what, change }) => {
        const next = { ...state, ...change };
        const isNow = isRolledOut(next) && !isRolledOut(state);
        return { what, next: signed({ ...next, rolledOut: isNow || !isRolledOut(next) ? 0 : next.rolledOut }) };
      }),
      ...timePasses(state),
      ...gitMoves(states, state, shortcuts, (direction) => {
        const { git, template, pods, rolledOut } = state;
        return isOpen({ git, direction, template, pods, rolledOut });
      }).map(({ what, change }) => ({ what, next: { ...state, ...change } })),
    ],
    broken: ({ pods, sessions }) => {
      const live = Object.keys(sessions).map(Number);
      const refused = pods.some(({ values }) => live.some((secret) => !values.includes(secret)));
      return refused ? 'a pod refuses a session that still lives' : undefined;
    },
  };
}

interface GateArguments extends Pick<SessionState, 'git' | 'template' | 'pods' | 'rolledOut'> {
  direction: Direction;
}

function timePasses(state: SessionState): Move<SessionState>[] {
  const left = Object.entries(state.sessions).map(([secret, halves]) => [secret, halves - 1] as const);
  const sessions = Object.fromEntries(left.filter(([, halves]) => halves > 0));
  const rolledOut = isRolledOut(state) ? Math.min(2, state.rolledOut + 1) : 0;
  return [{ what: 'half of the life of a session passes', next: signed({ ...state, rolledOut, sessions }) }];
}

/** Every pod signs at every moment: what may be signed is. */
function signed(state: SessionState): SessionState {
  const now = state.pods.map(({ values: [secret = -1] }) => [secret, 2] as const);
  return { ...state, sessions: { ...state.sessions, ...Object.fromEntries(now) } };
}
