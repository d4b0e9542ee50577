import { createHash } from 'node:crypto';
import type { SealedSecret } from '../../secrets/sealed-secret.ts';

/**
 * Tells one version of a SealedSecret from another: SHA-256 over its ciphertexts, which say nothing about the values, and over the values that
 * stand in the clear, by which a role is locked.
 */
export function ciphertextDigest({ encryptedData, open }: Pick<SealedSecret, 'encryptedData' | 'open'>): string {
  const sealed = Object.entries(encryptedData).map(([key, value]) => `${key}=${value}\n`);
  const clear = Object.entries(open).map(([key, value]) => `${key}:${JSON.stringify(value)}\n`);
  return createHash('sha256')
    .update([...sealed, ...clear].sort().join(''))
    .digest('hex');
}
