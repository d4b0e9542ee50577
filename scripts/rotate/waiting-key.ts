import { createHash, createPublicKey } from 'node:crypto';
import { requestedKey } from '../secrets/certificates.ts';
import { sealedSecretIn } from '../secrets/sealed-secret.ts';

/** Annotation of the sealed key that waits for its certificates: SHA-256 of its public half, which stands in its request. */
export const KEY_NOTE = 'ai-spm.io/requested-key';

/** SHA-256 of the public key that a request is for (DER, SPKI), in hex; `undefined` where it cannot be read. */
export function requestedFingerprint(request: string): string | undefined {
  try {
    const der = createPublicKey(requestedKey(request)).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('hex');
  } catch {
    return undefined;
  }
}

/** Whether a sealed key is the one that a request is for: what is sealed cannot be opened, and a command may be killed between the two. */
export function isKeyOf(sealed: string, request: string): boolean {
  const noted = sealedSecretIn(sealed)?.notes?.[KEY_NOTE];
  return noted !== undefined && noted === requestedFingerprint(request);
}
