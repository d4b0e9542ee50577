import type { X509Certificate } from 'node:crypto';
import { createIntermediate, type KeyPair, signIntermediate } from '../../secrets/certificates.ts';
import { checkChain } from '../../secrets/check-chain.ts';
import { certificatesIn, fingerprintOf } from '../../secrets/pem.ts';
import { editSealedSecret } from '../../secrets/sealed-secret.ts';
import { UserError } from '../../system/user-error.ts';
import { platformPath, readNeeded, sealingCertificateOf } from '../cluster-files.ts';
import { readAuthority } from '../mesh-authority.ts';
import type { FileChanges, StepContext } from '../rotation.ts';
import { type Answer, answer, type Requested, requestPath } from './requested.ts';

/** The key of the intermediate of a cluster, and the request for it. */
export const INTERMEDIATE: Requested = { secret: 'cacerts', keyName: 'ca-key.pem' };

export interface AuthorityChange {
  /** New bytes of `root-cert.pem`. */
  bundle?: string;
  /** Root whose key signs a new intermediate. */
  signWith?: KeyPair;
}

/** The file with another bundle, another intermediate, or both. The key of the intermediate exists in memory only, and sealed. */
export async function changeAuthority(
  context: StepContext,
  { bundle, signWith }: AuthorityChange,
): Promise<FileChanges> {
  const { tree, cluster, now, inputs } = context;
  const path = platformPath(cluster.name, 'cacerts');
  const pair = signWith && (await createIntermediate(signWith, cluster.name, now, { rsa: inputs.rsa ?? false }));
  const edit = {
    ...(pair ? { data: { 'ca-key.pem': Buffer.from(pair.key) } } : {}),
    open: {
      ...(bundle === undefined ? {} : { 'root-cert.pem': bundle }),
      ...(pair && signWith
        ? { 'ca-cert.pem': pair.certificate, 'cert-chain.pem': pair.certificate + signWith.certificate }
        : {}),
    },
  };
  const certificate = sealingCertificateOf(tree, cluster.name, now);
  return new Map([[path, editSealedSecret(path, readNeeded(tree, path), edit, certificate)]]);
}

/**
 * The intermediate for the key that waits, signed by a root here or by whoever has its key.
 * @param which names the root, for errors
 * @returns what it changes in the clear
 * @throws UserError where there is no answer, or it cannot be used
 */
export async function answeredIntermediate(
  context: StepContext,
  root: X509Certificate,
  which: string,
): Promise<Record<string, string>> {
  const { tree, cluster, now, inputs } = context;
  const chain = inputs.meshRoot
    ? await signIntermediate(
        keyOfRoot(context, root, which),
        readNeeded(tree, requestPath(cluster.name, INTERMEDIATE)),
        cluster.name,
        now,
      )
    : undefined;
  const given = answer(chain ? { ...context, inputs: { chain } } : context, INTERMEDIATE);
  const { own, open } = intermediateIn(given, root, now);
  if (own.validTo === readAuthority(tree, cluster.name)?.signer.validTo) {
    throw new UserError('the new intermediate ends in the same second as the one in use', {
      why: 'istiod tells which one it signs with by that time alone, so nobody could see whether it has taken the new one',
      fix: 'ask the authority for one that ends at another time',
    });
  }
  return open;
}

/**
 * The intermediate that an answer holds, and how istiod reads it: every authority up to the root, which is the last.
 * @throws UserError where the answer cannot be used
 */
export function intermediateIn(
  { chain, publicKey }: Answer,
  root: X509Certificate,
  now: Date,
): { own: X509Certificate; open: Record<string, string> } {
  const certificates = checkChain(chain, { publicKey, now, authorityUnder: [root] });
  const [own, ...others] = certificates.filter((one) => one.fingerprint256 !== root.fingerprint256);
  if (!own) throw new Error('a root has answered for itself');
  const whole = [own, ...others, root].map((one) => one.toString()).join('');
  return { own, open: { 'ca-cert.pem': own.toString(), 'cert-chain.pem': whole } };
}

/**
 * The root whose key is needed, out of what was given.
 * @throws UserError where none was given, or another one
 */
export function keyOfRoot({ inputs }: StepContext, wanted: X509Certificate | undefined, which: string): KeyPair {
  const { meshRoot: given } = inputs;
  const [certificate] = given ? certificatesIn(given.certificate) : [];
  if (given && certificate && wanted && fingerprintOf(certificate) === fingerprintOf(wanted)) return given;
  throw new UserError(
    given ? `the root that was given is not the ${which} one` : `the key of the ${which} root is needed`,
    {
      why: `the intermediate of each cluster is signed with it; its fingerprint is ${wanted ? fingerprintOf(wanted) : 'unknown'}`,
      fix: 'give the file that it was made to: --mesh-root FILE',
    },
  );
}
