import { createRequest, requestedKey, type SigningRequest } from '../../secrets/certificates.ts';
import { editSealedSecret, readSealedSecret } from '../../secrets/sealed-secret.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import { platformPath, readNeeded, sealingCertificateOf } from '../cluster-files.ts';
import type { FileChanges, StepContext } from '../rotation.ts';

/** A certificate that an outside authority signs, and the Secret that it is for. */
export interface Requested {
  /** Name of the Secret, and of the request beside the record. */
  secret: string;
  /** Name of the private key in the Secret. */
  keyName: string;
}

/** The new key waits sealed, beside the live one: what an item is sealed for is the Secret, not its name in it. */
const waiting = (keyName: string) => `requested-${keyName}`;

export function requestPath(cluster: string, { secret }: Requested): string {
  return `clusters/${cluster}/${secret}.csr`;
}

export function isRequested(tree: SourceTree, cluster: string, { secret, keyName }: Requested): boolean {
  const text = tree.read(platformPath(cluster, secret));
  return text !== undefined && waiting(keyName) in readSealedSecret(text).encryptedData;
}

/** Makes a key, or takes the one that was given, seals it, and writes the request for the authority. */
export async function request(context: StepContext, what: Requested, wanted: SigningRequest): Promise<FileChanges> {
  const { inputs } = context;
  const made = await createRequest({ ...wanted, ...(inputs.key ? { key: inputs.key } : {}) });
  const edit = { data: { [waiting(what.keyName)]: Buffer.from(made.key) } };
  return new Map([...edited(context, what, edit), [requestPath(context.cluster.name, what), made.request]]);
}

/** Takes the key and the request away again. */
export async function withdraw(context: StepContext, what: Requested): Promise<FileChanges> {
  const edit = { remove: [waiting(what.keyName)] };
  return new Map([...edited(context, what, edit), [requestPath(context.cluster.name, what), undefined]]);
}

/** The key that waited takes the place of the live one, with the certificates for it. */
export function accept(context: StepContext, what: Requested, open: Readonly<Record<string, string>>): FileChanges {
  const edit = { open, rename: { [waiting(what.keyName)]: what.keyName } };
  return new Map([...edited(context, what, edit), [requestPath(context.cluster.name, what), undefined]]);
}

/**
 * What the authority has answered, and the public key that it must be for.
 * @throws UserError where no answer was given
 */
export function answer({ inputs, tree, cluster }: StepContext, what: Requested): { chain: string; publicKey: string } {
  const path = requestPath(cluster.name, what);
  if (!inputs.chain) {
    throw new UserError('the certificates of the authority are needed', {
      why: `${path} is the request that it is to sign`,
      fix: 'give them with --chain FILE, the own one first, then each that has signed the one before',
    });
  }
  return { chain: inputs.chain, publicKey: requestedKey(readNeeded(tree, path)) };
}

function edited(
  { tree, cluster, now }: StepContext,
  { secret }: Requested,
  edit: Parameters<typeof editSealedSecret>[2],
) {
  const path = platformPath(cluster.name, secret);
  const certificate = sealingCertificateOf(tree, cluster.name, now);
  return [[path, editSealedSecret(path, readNeeded(tree, path), edit, certificate)] as const];
}
