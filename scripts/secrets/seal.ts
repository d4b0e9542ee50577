import { constants, createCipheriv, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto';

/** Where a sealed value may be opened: under its own namespace and name, anywhere in its namespace, or anywhere. */
export type Scope = 'strict' | 'namespace-wide' | 'cluster-wide';

export interface SealingTarget {
  namespace: string;
  name: string;
  scope: Scope;
}

const SESSION_KEY_BYTES = 32;
/** The session key is used once, so a constant nonce is safe; the controller expects this one. */
const NONCE = Buffer.alloc(12);

/**
 * Seals one value as the sealed-secrets controller opens it: a fresh AES-256-GCM key, itself encrypted by RSA-OAEP with SHA-256 under a label
 * that ties the value to its target.
 * @returns base64 of: length of the encrypted key (16 bits, big-endian), encrypted key, ciphertext, tag
 */
export function sealItem(publicKey: KeyObject, target: SealingTarget, value: Buffer): string {
  const sessionKey = randomBytes(SESSION_KEY_BYTES);
  const oaepLabel = Buffer.from(labelOf(target));
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const encryptedKey = publicEncrypt({ key: publicKey, padding, oaepHash: 'sha256', oaepLabel }, sessionKey);
  const cipher = createCipheriv('aes-256-gcm', sessionKey, NONCE);
  const ciphertext = Buffer.concat([cipher.update(value), cipher.final(), cipher.getAuthTag()]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(encryptedKey.length);
  return Buffer.concat([length, encryptedKey, ciphertext]).toString('base64');
}

function labelOf({ namespace, name, scope }: SealingTarget): string {
  if (scope === 'strict') return `${namespace}/${name}`;
  return scope === 'namespace-wide' ? namespace : '';
}
