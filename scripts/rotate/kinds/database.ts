import { scramVerifier } from '../../secrets/scram.ts';
import { editSealedSecret, readSealedSecret, type SealedEdit, sealSecret } from '../../secrets/sealed-secret.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import { nextName, readNeeded, sealingCertificateOf, secretPath, versionOf } from '../cluster-files.ts';
import {
  CLOSED,
  DATABASE_ROLES_SECRET,
  databaseUrl,
  lockOf,
  newPassword,
  otherRole,
  roleState,
} from '../database-roles.ts';
import { databaseRole } from '../gates/database-role.ts';
import { ifReached } from '../gates/if-reached.ts';
import { sealedOpened } from '../gates/sealed-opened.ts';
import { workloadsTake } from '../gates/workloads-take.ts';
import type { FileChanges, RotationKind, StepContext } from '../rotation.ts';
import { type DatabaseRole, type InUse, readRotationFile, rotationPath, rotationText } from '../rotation-file.ts';
import { sealedFiles } from '../sealed-files.ts';

const NAME = 'database';
const KEY = 'database-url';

const rolledOut = workloadsTake('all', ({ database }) => ({ DATABASE_URL: database.secret }));
const notInUse = ({ role }: InUse['database']) => otherRole(role);
const prepared = sealedOpened('the new role and the new Secret', ({ tree, cluster }) =>
  [DATABASE_ROLES_SECRET, ...otherSecrets(tree, cluster)].map((name) => ({ cluster, path: secretPath(cluster, name) })),
);

/** Else what was taken back may still be on its way to PostgreSQL: a lock, or a password that is taken for the one after it. */
const rolesOpened = sealedOpened('the roles', ({ cluster }) => [
  { cluster, path: secretPath(cluster, DATABASE_ROLES_SECRET) },
]);

/**
 * What the services log in to the database with. Two roles take turns, so that two passwords are good at the same time: PostgreSQL keeps
 * one for each role. The old one is taken away in two steps, as a password whose verifier is gone cannot be given back.
 */
export const database: RotationKind = {
  name: NAME,
  summary: 'the password that the services log in to the database with, and the role that it belongs to',
  phases: [
    {
      name: 'standby',
      holds: 'one role may log in, and the services do; the other one is closed',
      forward: {
        does: 'gives the closed role a new password, in a Secret that no service takes yet',
        gates: [rolesOpened, databaseRole('the role that is not in use', notInUse, 'closed')],
        step: prepare,
      },
    },
    {
      name: 'prepared',
      holds: 'both roles may log in; the services take the old one',
      forward: {
        does: 'lets the services take the new role',
        gates: [prepared, databaseRole('the new role', notInUse, 'open')],
        step: swap,
      },
      back: {
        does: 'closes the new role and drops its Secret, which no service takes',
        gates: ifReached(NAME, [rolledOut, databaseRole('the new role', notInUse, 'unused')]),
        step: close,
      },
    },
    {
      name: 'switched',
      holds: 'both roles may log in; the services take the new one',
      forward: {
        does: 'locks the old role, which keeps its password',
        gates: [rolledOut, databaseRole('the old role', notInUse, 'unused')],
        step: lock,
      },
      back: {
        does: 'lets the services take the old role again',
        gates: [rolesOpened, databaseRole('the old role', notInUse, 'open')],
        step: swap,
      },
    },
    {
      name: 'closing',
      holds: 'the services take the new role; the old one has its password and may not log in',
      forward: {
        does: 'closes the old role for good and drops its Secret',
        gates: [
          rolledOut,
          databaseRole('the old role', notInUse, 'shut'),
          databaseRole('the old role', notInUse, 'unused'),
        ],
        step: close,
      },
      back: { does: 'lets the old role log in again', gates: [], step: unlock },
    },
  ],
  observe,
  emergency: {
    loses:
      'for some minutes, until the database has the new role and every pod the new Secret, nobody is connected to the database: requests fail. ' +
      'Sessions of the old role are ended',
    step: async (context) => {
      const { inUse } = readRotationFile(context.tree, context.cluster.name);
      const [live, role] = [inUse.database.role, otherRole(inUse.database.role)];
      const { secret, verifier, changes } = newSecret(context, role);
      const old = [inUse.database.secret, ...otherSecrets(context.tree, context.cluster.name)];
      const roles = {
        remove: [live, lockOf(live), role, lockOf(role)],
        data: { [role]: verifier },
        open: { [live]: CLOSED },
      };
      return new Map([
        ...changes,
        ...old.flatMap((name) => [...withoutUrl(context, name)]),
        ...editRoles(context, roles),
        ...uses(context, { secret, role }),
      ]);
    },
  },
};

function observe(tree: SourceTree, cluster: string): string | undefined {
  const text = tree.read(secretPath(cluster, DATABASE_ROLES_SECRET));
  const { secret, role } = readRotationFile(tree, cluster).inUse.database;
  if (text === undefined || tree.read(secretPath(cluster, secret)) === undefined) return undefined;
  const [roles, others] = [
    readSealedSecret(text, secretPath(cluster, DATABASE_ROLES_SECRET)),
    otherSecrets(tree, cluster),
  ];
  const [live, idle] = [roleState(roles, role), roleState(roles, otherRole(role))];
  if (live === 'open' && idle === 'closed' && others.length === 0) return 'standby';
  const [other] = others;
  if (live === 'open' && other !== undefined && others.length === 1) {
    const isNewer = versionOf(other) > versionOf(secret);
    if (idle === 'open') return isNewer ? 'prepared' : 'switched';
    if (idle === 'locked' && !isNewer) return 'closing';
  }
  throw new UserError(`the roles of the database of ${cluster} are in no phase of a rotation`, {
    why: `${role} is ${live ?? 'missing'}, ${otherRole(role)} is ${idle ?? 'missing'}, and beside ${secret} ${others.join(', ') || 'no Secret'} has a ${KEY}`,
    fix: `both files are written by \`npm run rotate\` alone: take back what was edited, git log -- clusters/${cluster}`,
  });
}

/** Secrets with connection data, but for the one in use. */
function otherSecrets(tree: SourceTree, cluster: string): string[] {
  const { secret } = readRotationFile(tree, cluster).inUse.database;
  return sealedFiles(tree, cluster)
    .map(({ sealed }) => sealed)
    .filter(({ name, encryptedData }) => name !== secret && encryptedData[KEY] !== undefined)
    .map(({ name }) => name);
}

async function prepare(context: StepContext): Promise<FileChanges> {
  const role = idleRole(context);
  const { verifier, changes } = newSecret(context, role);
  return new Map([...changes, ...editRoles(context, { remove: [role], data: { [role]: verifier } })]);
}

/** The services take the other role, and the other Secret with it. */
async function swap(context: StepContext): Promise<FileChanges> {
  const [secret = ''] = otherSecrets(context.tree, context.cluster.name);
  return uses(context, { secret, role: idleRole(context) });
}

async function lock(context: StepContext): Promise<FileChanges> {
  return editRoles(context, { open: { [lockOf(idleRole(context))]: 'true' } });
}

async function unlock(context: StepContext): Promise<FileChanges> {
  return editRoles(context, { remove: [lockOf(idleRole(context))] });
}

/** The role that is not in use has no password any more, and no Secret. */
async function close(context: StepContext): Promise<FileChanges> {
  const role = idleRole(context);
  const old = otherSecrets(context.tree, context.cluster.name).flatMap((name) => [...withoutUrl(context, name)]);
  return new Map([...old, ...editRoles(context, { remove: [role, lockOf(role)], open: { [role]: CLOSED } })]);
}

function idleRole({ tree, cluster }: StepContext): DatabaseRole {
  return otherRole(readRotationFile(tree, cluster.name).inUse.database.role);
}

function newSecret({ tree, cluster, now }: StepContext, role: DatabaseRole) {
  const [secret, password] = [nextName(tree, cluster.name, 'ai-spm-database'), newPassword()];
  const data = { [KEY]: Buffer.from(databaseUrl(role, password)) };
  const text = sealSecret({ namespace: 'ai-spm', name: secret, data }, sealingCertificateOf(tree, cluster.name, now));
  const changes: FileChanges = new Map([[secretPath(cluster.name, secret), text]]);
  return { secret, verifier: Buffer.from(scramVerifier(password)), changes };
}

function editRoles(context: StepContext, edit: SealedEdit): FileChanges {
  return editSecret(context, DATABASE_ROLES_SECRET, edit);
}

/** The file goes with its last value. */
function withoutUrl(context: StepContext, secret: string): FileChanges {
  return editSecret(context, secret, { remove: [KEY] });
}

function editSecret({ tree, cluster, now }: StepContext, secret: string, edit: SealedEdit): FileChanges {
  const path = secretPath(cluster.name, secret);
  const certificate = sealingCertificateOf(tree, cluster.name, now);
  return new Map([[path, editSealedSecret(path, readNeeded(tree, path), edit, certificate)]]);
}

function uses({ tree, cluster }: StepContext, value: InUse['database']): FileChanges {
  const file = readRotationFile(tree, cluster.name);
  const next = { ...file, inUse: { ...file.inUse, database: value } };
  return new Map([[rotationPath(cluster.name), rotationText(next)]]);
}
