import { isVerifierOf } from '../../secrets/scram.ts';
import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { secretPath } from '../cluster-files.ts';
import { DATABASE_ROLES_SECRET, roleState } from '../database-roles.ts';
import type { Direction } from '../engine.ts';
import type { DatabaseRoleFacts } from '../facts/facts.ts';
import { database } from '../kinds/database.ts';
import { DATABASE_ROLES, readRotationFile } from '../rotation-file.ts';
import type { Model } from './explore.ts';
import { factsOf, gitMoves, isLegal, type Omissions, rememberedBy } from './git-steps.ts';
import { type Deployment, type Rollout, rolloutMoves, settled, workloadFacts } from './rollout.ts';
import { CLUSTER, firstAlike, rounds } from './rounds.ts';
import { sealedFacts, Values } from './values.ts';

export interface DatabaseState extends Rollout {
  /** Index of the state of git whose roles the cluster has in a Secret, and of the one whose roles PostgreSQL has. */
  roles: number;
  applied: number;
}

/** Pods log in at any moment, with what they were started with. */
export async function databaseModel(
  first: SourceTree,
  sealingKey: string,
  now: Date,
  { shortcuts = [], without }: Omissions = {},
): Promise<Model<DatabaseState>> {
  const states = await rounds(database, first, { now, count: 2 });
  const values = new Values(sealingKey);
  const tree = (index: number) => states[index]?.tree as SourceTree;
  const deployment: Deployment = {
    name: 'ai-scanner',
    states,
    values,
    sameSecrets: firstAlike(states, (one) => sealedFacts(one).filter(isNotRoles)),
    variables: [
      {
        name: 'DATABASE_URL',
        key: 'database-url',
        secret: (one) => readRotationFile(one, CLUSTER).inUse.database.secret,
      },
    ],
  };
  const sameRoles = firstAlike(states, (one) => one.read(secretPath(CLUSTER, DATABASE_ROLES_SECRET)));
  const isOpen = rememberedBy((state: DatabaseState & { direction: Direction }) => {
    const { git, secrets, roles, applied, direction } = state;
    const facts = factsOf(CLUSTER, now, {
      workloads: { value: [workloadFacts(deployment, state)] },
      sealedSecrets: {
        value: [
          ...sealedFacts(tree(secrets)).filter(isNotRoles),
          ...sealedFacts(tree(roles)).filter((one) => !isNotRoles(one)),
        ],
      },
      databaseRoles: { value: roleFacts(tree(applied)) },
    });
    return isLegal(database, tree(git), CLUSTER, direction, { facts: [facts], now, without });
  });
  const letsIn = rememberedBy(({ url, applied }: { url: number; applied: number }) => {
    const { username, password } = new URL(values.all[url] ?? '');
    const role = DATABASE_ROLES.find((one) => one === username);
    const sealed = readSealedSecret(tree(applied).read(secretPath(CLUSTER, DATABASE_ROLES_SECRET)) ?? '');
    if (!role || roleState(sealed, role) !== 'open') return false;
    return isVerifierOf(values.all[values.in(tree(applied), DATABASE_ROLES_SECRET, role)] ?? '', password);
  });
  return {
    initial: { ...settled(deployment, 2), roles: 0, applied: 0 },
    moves: (state) => {
      const roles = sameRoles(state.git);
      return [
        ...rolloutMoves(deployment, state).map(({ what, change }) => ({ what, next: { ...state, ...change } })),
        ...(roles === state.roles ? [] : [{ what: 'the Secret of the roles arrives', next: { ...state, roles } }]),
        ...(state.roles === state.applied
          ? []
          : [{ what: 'PostgreSQL takes the roles', next: { ...state, applied: state.roles } }]),
        ...gitMoves(states, state, shortcuts, (direction) => isOpen({ ...state, direction })).map(
          ({ what, change }) => ({ what, next: { ...state, ...change } }),
        ),
      ];
    },
    broken: ({ pods, applied }) =>
      pods.every(({ values: [url = -1] }) => letsIn({ url, applied }))
        ? undefined
        : 'a pod has a password with which PostgreSQL does not let it in',
  };
}

function isNotRoles({ name }: { name: string }): boolean {
  return name !== DATABASE_ROLES_SECRET;
}

/** No connection is open at the moment of looking: what a gate must never rely on. */
function roleFacts(tree: SourceTree): DatabaseRoleFacts[] {
  const sealed = readSealedSecret(tree.read(secretPath(CLUSTER, DATABASE_ROLES_SECRET)) ?? '');
  return DATABASE_ROLES.map((name) => {
    const state = roleState(sealed, name);
    return { name, canLogin: state === 'open', hasPassword: state !== 'closed', sessions: 0 };
  });
}
