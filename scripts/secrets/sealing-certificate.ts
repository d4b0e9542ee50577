import { type KeyObject, X509Certificate } from 'node:crypto';
import { UserError } from '../system/user-error.ts';
import { fingerprintOf } from './pem.ts';

/** The public half of the key with which the sealed-secrets controller of one cluster opens. */
export interface SealingCertificate {
  pem: string;
  /** SHA-256 of the certificate, hex. */
  fingerprint: string;
  notBefore: Date;
  notAfter: Date;
  publicKey: KeyObject;
}

const FIX = 'take the certificate of the controller of this cluster: npm run rotate -- init CLUSTER --context CONTEXT';

/**
 * @param file names it in errors
 * @throws UserError when it is not one RSA certificate, or has expired: the controller goes on opening, but nobody knows whether it keeps the key
 */
export function readSealingCertificate(file: string, pem: string, now: Date): SealingCertificate {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----/g) ?? [];
  const refuse = (what: string) => new UserError(`${file} is no sealing certificate: ${what}`, { fix: FIX });
  if (blocks.some((block) => block.includes('PRIVATE'))) {
    throw new UserError(`${file} holds a private key`, {
      why: 'whoever has it opens every secret that is sealed to it',
      fix: 'delete the file, replace the key in the cluster, and give the certificate alone',
    });
  }
  if (blocks.length !== 1) throw refuse(`it holds ${blocks.length} PEM blocks, not one`);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause));
  }
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType !== 'rsa') throw refuse(`its key is ${publicKey.asymmetricKeyType}, not RSA`);
  const notAfter = new Date(certificate.validTo);
  if (notAfter <= now) throw refuse(`it ended ${notAfter.toISOString()}`);
  return {
    pem,
    fingerprint: fingerprintOf(certificate),
    notBefore: new Date(certificate.validFrom),
    notAfter,
    publicKey,
  };
}
