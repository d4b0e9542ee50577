import { readSealedSecret, sealSecret, withNote } from '../../secrets/sealed-secret.ts';
import { readSealingCertificate, type SealingCertificate } from '../../secrets/sealing-certificate.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import { readNeeded, sealingCertificateOf } from '../cluster-files.ts';
import { ciphertextDigest } from '../facts/ciphertext.ts';
import { inEach } from '../gates/collected.ts';
import { sealedOpened } from '../gates/sealed-opened.ts';
import type { FileChanges, Gate, RotationKind, StepContext } from '../rotation.ts';
import { type SealedFile, sealedFiles } from '../sealed-files.ts';
import { liveInputsOf } from './live.ts';

/** What is in the cluster is what git has: else an older value would be sealed anew, and the newer one lost. */
const opened = sealedOpened('every SealedSecret', ({ tree, cluster }) =>
  sealedFiles(tree, cluster).map(({ file }) => ({ cluster, path: file })),
);

/** Note of a SealedSecret: what was sealed, when it was last taken from the cluster. */
const RESEALED = 'ai-spm.io/resealed';
/**
 * The way back is for what the cluster does not open: of what has only been sealed anew, it still has the values. What has got another value
 * since must have arrived.
 */
const changedOpened = sealedOpened('what has changed since it was sealed anew', ({ tree, cluster }) =>
  sealedFiles(tree, cluster)
    .filter(({ sealed }) => sealed.notes?.[RESEALED] !== ciphertextDigest(sealed))
    .map(({ file }) => ({ cluster, path: file })),
);

const current = (cluster: string) => `clusters/${cluster}/sealing.crt`;
/** The certificate of before, until it is known that the cluster opens what is sealed to the new one. */
const previous = (cluster: string) => `clusters/${cluster}/sealing-previous.crt`;

/**
 * The controller makes itself a new key every month and keeps the old ones. What is sealed to an old key is sealed anew, so that a key that got
 * lost or known can go. Needs the values as they are in the cluster: they go from there into the new files by way of memory alone.
 */
export const sealingKey: RotationKind = {
  name: 'sealing-key',
  summary: 'the key that the SealedSecrets of a cluster are sealed to',
  phases: [
    {
      name: 'standby',
      holds: 'new secrets are sealed to one certificate',
      forward: {
        does: 'seals what hangs on another key to the newest one; values stay as they are',
        gates: [opened],
        step: sealAnew,
        takesLive: everySecret,
      },
    },
    {
      name: 'resealed',
      holds: 'all secrets are sealed to the newest key; the certificate of before is still known',
      forward: { does: 'forgets the certificate of before', gates: [opened], step: forgetPrevious },
      back: {
        does: 'seals all secrets to the certificate of before',
        gates: [changedOpened, previousKeyIsThere()],
        step: sealBack,
        takesLive: everySecret,
      },
    },
  ],
  observe(tree, cluster) {
    if (tree.read(current(cluster)) === undefined) return undefined;
    return tree.read(previous(cluster)) === undefined ? 'standby' : 'resealed';
  },
  noEmergency:
    'whoever has a leaked key has read what git holds: rotate the values themselves, after the step of this kind that seals to a new key',
};

function everySecret(tree: SourceTree, cluster: string): string[] {
  return sealedFiles(tree, cluster).map(({ sealed: { namespace, name } }) => `${namespace}/${name}`);
}

/** Who removes a key has been told that nothing hangs on it: with the way back something would. */
function previousKeyIsThere(): Gate {
  return {
    name: 'key',
    reads: ['sealingKeys'],
    wants: 'the cluster still has the key of before',
    check: (facts, { tree, cluster }) => {
      const path = previous(cluster);
      const { fingerprint } = readSealingCertificate(path, readNeeded(tree, path), new Date(0));
      const own = facts.filter((one) => one.cluster === cluster);
      return inEach(own, 'sealingKeys', (keys) =>
        keys.some((key) => key.fingerprint === fingerprint)
          ? []
          : [`the key of ${path} (${fingerprint.slice(0, 12)}) is gone: nobody could open what is sealed to it. Go on`],
      );
    },
  };
}

async function sealAnew(context: StepContext): Promise<FileChanges> {
  const { tree, cluster, now } = context;
  const newest = newestCertificate(liveInputsOf(context).sealingCertificate, now);
  const before = readNeeded(tree, current(cluster.name));
  // An expired one may be replaced: it is only asked when it began.
  const committed = readSealingCertificate(current(cluster.name), before, new Date(0));
  if (newest.notBefore < committed.notBefore) {
    throw new UserError(`the certificate that is given is older than ${current(cluster.name)}`, {
      why: 'the controller seals with its newest key; older ones are on their way out',
      fix: `is it of cluster ${cluster.name}? Give the context of that cluster`,
    });
  }
  const hanging = sealedFiles(tree, cluster.name).filter(({ sealed }) => sealed.certificate !== newest.fingerprint);
  if (hanging.length === 0 && committed.fingerprint === newest.fingerprint) {
    throw new UserError(`every secret of ${cluster.name} is sealed to the newest key already`, {
      fix: 'nothing is to be done; the controller makes a new key by itself every 30 days',
    });
  }
  const files = hanging.map((one): [string, string] => {
    const text = resealed(context, one, newest);
    return [one.file, withNote(text, RESEALED, ciphertextDigest(readSealedSecret(text)))];
  });
  return new Map([...files, [current(cluster.name), newest.pem], [previous(cluster.name), before]]);
}

async function sealBack(context: StepContext): Promise<FileChanges> {
  const { tree, cluster, now } = context;
  const path = previous(cluster.name);
  const certificate = readSealingCertificate(path, readNeeded(tree, path), now);
  const files = sealedFiles(tree, cluster.name)
    .filter(({ sealed }) => sealed.certificate !== certificate.fingerprint)
    .map((one): [string, string] => [one.file, resealed(context, one, certificate)]);
  return new Map<string, string | undefined>([...files, [current(cluster.name), certificate.pem], [path, undefined]]);
}

async function forgetPrevious({ tree, cluster, now }: StepContext): Promise<FileChanges> {
  const { fingerprint } = sealingCertificateOf(tree, cluster.name, now);
  const hanging = hangingOn(tree, cluster.name).filter((file) => file.certificate !== fingerprint);
  if (hanging.length > 0) {
    throw new UserError(`${hanging.map(({ path }) => path).join(', ')} is not sealed to the newest key`, {
      why: 'it was made from a state before the last step',
      fix: `go back and take the step again: npm run rotate -- abort sealing-key --cluster ${cluster.name}`,
    });
  }
  return new Map([[previous(cluster.name), undefined]]);
}

/** Which certificate each file of a cluster is sealed to; `undefined` where the file does not say. */
export function hangingOn(tree: SourceTree, cluster: string): { path: string; certificate: string | undefined }[] {
  return sealedFiles(tree, cluster).map(({ file, sealed }) => ({ path: file, certificate: sealed.certificate }));
}

function newestCertificate(pem: string | undefined, now: Date): SealingCertificate {
  if (pem !== undefined) return readSealingCertificate('the certificate of the controller', pem, now);
  throw new UserError('it is not known which key the cluster seals with now', {
    fix: 'give --context CONTEXT of the cluster: the values are taken from it too',
  });
}

/** All values of one file, from the cluster: they cannot be read from git. */
function resealed(context: StepContext, { file, sealed: found }: SealedFile, certificate: SealingCertificate): string {
  const { certificate: _, encryptedData, notes: { [RESEALED]: __, ...notes } = {}, ...sealed } = found;
  const live = liveInputsOf(context).secrets[`${sealed.namespace}/${sealed.name}`] ?? {};
  const missing = Object.keys(encryptedData).filter((key) => live[key] === undefined);
  if (missing.length > 0) {
    throw new UserError(`${file} cannot be sealed anew: the cluster has no ${missing.join(', ')} for it`, {
      why: `its values are taken from Secret ${sealed.namespace}/${sealed.name} of the cluster: git has them sealed only`,
      fix: 'give --context CONTEXT of the cluster, with the right to read that Secret',
    });
  }
  const data = Object.fromEntries(Object.keys(encryptedData).map((key) => [key, live[key] as Buffer]));
  return sealSecret({ ...sealed, notes, data }, certificate);
}
