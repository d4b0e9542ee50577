import { randomBytes } from 'node:crypto';
import { editSealedSecret, sealSecret } from '../../secrets/sealed-secret.ts';
import { nextName, readNeeded, sealingCertificateOf, secretPath, versionOf } from '../cluster-files.ts';
import { ifReached } from '../gates/if-reached.ts';
import { takenFor } from '../gates/taken-for.ts';
import { workloadsTake } from '../gates/workloads-take.ts';
import type { FileChanges, RotationKind, StepContext } from '../rotation.ts';
import { type InUse, readRotationFile, rotationPath, rotationText } from '../rotation-file.ts';

const NAME = 'session';
const KEY = 'session-secret';
/** As the sessions of the platform last; a cookie that was signed on the last day must still be accepted. */
export const SESSION_DAYS = 7;

const converged = workloadsTake('api-gateway', ({ session }) => ({
  SESSION_SECRET: session.secret,
  SESSION_SECRET_ACCEPTED: session.accepted,
}));

const signer = { workload: 'api-gateway', variable: 'SESSION_SECRET', secret: ({ session }: InUse) => session.secret };
const waited = (reason: string) => takenFor(signer, SESSION_DAYS, reason);

/**
 * The secret that signs sessions. Every pod accepts the new one before the first pod signs with it, and the old one as long as a session
 * that it signed can live.
 */
export const session: RotationKind = {
  name: NAME,
  summary: 'the secret that signs the sessions of api-gateway',
  phases: [
    {
      name: 'standby',
      holds: 'one secret signs sessions and is accepted',
      forward: { does: 'makes a new secret, which every pod accepts', gates: [], step: accept },
    },
    {
      name: 'accepted',
      holds: 'the old secret signs; both are accepted',
      forward: { does: 'signs with the new secret; the old one stays accepted', gates: [converged], step: swap },
      // It has signed where the rotation was in the next phase already.
      back: {
        does: 'drops the new secret',
        gates: ifReached(NAME, [
          converged,
          waited('as long as a session that the new secret may have signed can live'),
        ]),
        step: dropAccepted,
      },
    },
    {
      name: 'signing',
      holds: 'the new secret signs; both are accepted',
      forward: {
        does: 'drops the old secret',
        gates: [converged, waited('as long as a session that the old secret signed can live')],
        step: dropAccepted,
      },
      // Pods of this phase and of the one before take both: no rollout has to be over.
      back: { does: 'signs with the old secret again; the new one stays accepted', gates: [], step: swap },
    },
  ],
  observe(tree, cluster) {
    const { inUse } = readRotationFile(tree, cluster);
    if (tree.read(secretPath(cluster, inUse.session.secret)) === undefined) return undefined;
    if (inUse.session.accepted === undefined) return 'standby';
    // The two phases with both secrets differ in which one is newer.
    return versionOf(inUse.session.secret) > versionOf(inUse.session.accepted) ? 'signing' : 'accepted';
  },
  emergency: {
    loses: 'every session ends: users log in again',
    step: async (context) => {
      const { tree, cluster } = context;
      const { inUse } = readRotationFile(tree, cluster.name);
      const { secret, changes } = newSecret(context);
      const old = [inUse.session.secret, ...(inUse.session.accepted ? [inUse.session.accepted] : [])];
      const removed = old.flatMap((name) => [...withoutSecret(context, name)]);
      return new Map([...changes, ...removed, ...uses(context, { secret })]);
    },
  },
};

async function accept(context: StepContext): Promise<FileChanges> {
  const { tree, cluster } = context;
  const { secret } = readRotationFile(tree, cluster.name).inUse.session;
  const made = newSecret(context);
  return new Map([...made.changes, ...uses(context, { secret, accepted: made.secret })]);
}

/** The one that was only accepted signs, and the other way round. */
async function swap(context: StepContext): Promise<FileChanges> {
  const { secret, accepted = secret } = readRotationFile(context.tree, context.cluster.name).inUse.session;
  return uses(context, { secret: accepted, accepted: secret });
}

async function dropAccepted(context: StepContext): Promise<FileChanges> {
  const { secret, accepted } = readRotationFile(context.tree, context.cluster.name).inUse.session;
  return new Map([...(accepted ? withoutSecret(context, accepted) : []), ...uses(context, { secret })]);
}

function newSecret({ tree, cluster, now }: StepContext): { secret: string; changes: FileChanges } {
  const secret = nextName(tree, cluster.name, 'ai-spm-session');
  const data = { [KEY]: Buffer.from(randomBytes(32).toString('hex')) };
  const text = sealSecret({ namespace: 'ai-spm', name: secret, data }, sealingCertificateOf(tree, cluster.name, now));
  return { secret, changes: new Map([[secretPath(cluster.name, secret), text]]) };
}

/** The file goes with its last value. */
function withoutSecret({ tree, cluster, now }: StepContext, secret: string): FileChanges {
  const path = secretPath(cluster.name, secret);
  const certificate = sealingCertificateOf(tree, cluster.name, now);
  return new Map([[path, editSealedSecret(path, readNeeded(tree, path), { remove: [KEY] }, certificate)]]);
}

function uses({ tree, cluster }: StepContext, value: InUse['session']): FileChanges {
  const file = readRotationFile(tree, cluster.name);
  const next = { ...file, inUse: { ...file.inUse, session: value } };
  return new Map([[rotationPath(cluster.name), rotationText(next)]]);
}
