import { createHash } from 'node:crypto';

/** Tells one version of a SealedSecret from another: SHA-256 over its ciphertexts, which say nothing about the values. */
export function ciphertextDigest(encryptedData: Readonly<Record<string, string>>): string {
  const lines = Object.entries(encryptedData).map(([key, value]) => `${key}=${value}\n`);
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}
