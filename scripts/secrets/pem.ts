import { X509Certificate } from 'node:crypto';
import { remembered } from '../system/remembered.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What all proxies of a mesh trust is the same, and is asked for again and again. */
const certificateOf = remembered((pem) => new X509Certificate(pem), 1000);

/** Every certificate of a text, in order: tools that read only the first one miss the root that ends first. */
export function certificatesIn(text: string): X509Certificate[] {
  return (text.match(BLOCK) ?? []).map(certificateOf);
}

/** SHA-256 of the DER, hex in lower case. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Whether a chain, leaf first, ends in a certificate that a root has signed: by signatures, not by names. */
export function chainsTo(chain: readonly X509Certificate[], root: X509Certificate): boolean {
  let [last, ...rest] = chain;
  if (!last) return false;
  for (const next of rest) {
    if (next.fingerprint256 === root.fingerprint256 || !isSignedBy(last, next)) break;
    last = next;
  }
  return isSignedBy(last, root);
}

export function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
