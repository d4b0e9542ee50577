import { createRequest, requestedKey, type SigningRequest } from '../../secrets/certificates.ts';
import { editSealedSecret, readSealedSecret, type SealedEdit, sealedSecretIn } from '../../secrets/sealed-secret.ts';
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

/**
 * The key that waits, and the one that was replaced, are sealed beside the live one: what an item is sealed for is the Secret, not its name
 * in it. So no key has to be opened to be put in place, or to be put back.
 */
const WAITING = 'requested-';
const PREVIOUS = 'previous-';

export function requestPath(cluster: string, { secret }: Requested): string {
  return `clusters/${cluster}/${secret}.csr`;
}

export function isRequested(tree: SourceTree, cluster: string, what: Requested): boolean {
  return holds(tree, cluster, what, WAITING);
}

/** The new pair is live, and the old one is kept until that has been seen. */
export function isReplaced(tree: SourceTree, cluster: string, what: Requested): boolean {
  return holds(tree, cluster, what, PREVIOUS);
}

function holds(tree: SourceTree, cluster: string, { secret, keyName }: Requested, prefix: string): boolean {
  const path = platformPath(cluster, secret);
  const text = tree.read(path);
  return text !== undefined && `${prefix}${keyName}` in readSealedSecret(text, path).encryptedData;
}

/** Whether a key waits in the Secret of a file, or one that was replaced is kept there. */
export function isStaged(text: string): boolean {
  // To parse the files of every cluster of a fleet would take seconds.
  if (![WAITING, PREVIOUS].some((prefix) => text.includes(prefix))) return false;
  const { encryptedData = {} } = sealedSecretIn(text) ?? {};
  return Object.keys(encryptedData).some((name) => name.startsWith(WAITING) || name.startsWith(PREVIOUS));
}

/**
 * Makes a key, or takes the one that was given, seals it, and writes the request for the authority.
 * @param ownAnswer certificate for the new key, where nobody has to be asked; by its name in the Secret
 */
export async function request(
  context: StepContext,
  what: Requested,
  wanted: SigningRequest,
  ownAnswer?: (key: string) => Promise<Record<string, string>>,
): Promise<FileChanges> {
  const { key, rsa } = context.inputs;
  const made = await createRequest({ ...wanted, ...(key ? { key } : {}), ...(rsa ? { rsa } : {}) });
  const edit = {
    data: { [WAITING + what.keyName]: Buffer.from(made.key) },
    ...(ownAnswer ? { open: withPrefix(WAITING, await ownAnswer(made.key)) } : {}),
  };
  return new Map([...edited(context, what, edit), [requestPath(context.cluster.name, what), made.request]]);
}

/** Takes the key and the request away again. */
export function withdraw(context: StepContext, what: Requested): FileChanges {
  return without(context, what, [WAITING]);
}

/** The key that waited takes the place of the live one, with the certificates for it; the old ones are kept beside them. */
export function accept(context: StepContext, what: Requested, open: Readonly<Record<string, string>>): FileChanges {
  const { open: live } = sealed(context, what);
  const old = Object.fromEntries(Object.keys(open).map((name) => [name, live[name] ?? '']));
  const rename = { [what.keyName]: PREVIOUS + what.keyName, [WAITING + what.keyName]: what.keyName };
  return new Map(edited(context, what, { open: { ...open, ...withPrefix(PREVIOUS, old) }, rename }));
}

/** Puts the old pair back in its place; the new key waits again, as before `accept`. */
export function restore(context: StepContext, what: Requested): FileChanges {
  const kept = Object.entries(sealed(context, what).open).filter(([name]) => name.startsWith(PREVIOUS));
  const open = Object.fromEntries(kept.map(([name, text]) => [name.slice(PREVIOUS.length), text]));
  const rename = { [what.keyName]: WAITING + what.keyName, [PREVIOUS + what.keyName]: what.keyName };
  return new Map(edited(context, what, { open, rename, remove: kept.map(([name]) => name) }));
}

/** Drops the old pair, and the request. */
export function finish(context: StepContext, what: Requested): FileChanges {
  return without(context, what, [PREVIOUS, WAITING]);
}

/** What an authority has answered, and the public key that it must be for, both PEM. */
export interface Answer {
  chain: string;
  publicKey: string;
}

/**
 * What the authority has answered, or what was answered here, and the public key that it must be for.
 * @param answerName name in the Secret of a certificate that may wait beside its key
 * @throws UserError where no answer was given, or nothing was asked
 */
export function answer(context: StepContext, what: Requested, answerName?: string): Answer {
  const { inputs, tree, cluster } = context;
  const path = requestPath(cluster.name, what);
  const text = isRequested(tree, cluster.name, what) ? tree.read(path) : undefined;
  if (text === undefined) {
    throw new UserError(`no request of ${cluster.name} waits for an answer`, {
      why: `${path} is what an authority signs, and the key for it must have been sealed here`,
      fix: `make both: npm run rotate -- apply ${what.secret === 'cacerts' ? 'mesh-intermediate' : 'gateway-tls'} --cluster ${cluster.name}`,
    });
  }
  const chain = inputs.chain ?? (answerName ? sealed(context, what).open[WAITING + answerName] : undefined);
  if (chain) return { chain, publicKey: requestedKey(text) };
  throw new UserError('the certificates of the authority are needed', {
    why: `${path} is the request that it is to sign`,
    fix: 'give them with --chain FILE, the own one first, then each that has signed the one before',
  });
}

function without(context: StepContext, what: Requested, prefixes: readonly string[]): FileChanges {
  const { encryptedData, open } = sealed(context, what);
  const names = [...Object.keys(encryptedData), ...Object.keys(open)];
  const remove = names.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return new Map([...edited(context, what, { remove }), [requestPath(context.cluster.name, what), undefined]]);
}

function sealed({ tree, cluster }: StepContext, { secret }: Requested) {
  const path = platformPath(cluster.name, secret);
  return readSealedSecret(readNeeded(tree, path), path);
}

function edited({ tree, cluster, now }: StepContext, { secret }: Requested, edit: SealedEdit) {
  const path = platformPath(cluster.name, secret);
  const certificate = sealingCertificateOf(tree, cluster.name, now);
  return [[path, editSealedSecret(path, readNeeded(tree, path), edit, certificate)]] as const;
}

function withPrefix(prefix: string, items: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(items).map(([name, text]) => [prefix + name, text]));
}
