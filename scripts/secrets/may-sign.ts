import 'reflect-metadata';
import type { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/**
 * Why a certificate may not have signed others, as every client that is strict sees it; `undefined` where it may.
 * @param below how many further authorities stand between it and the certificate at the end of the chain
 * @see RFC 5280, sections 4.2.1.3 and 4.2.1.9
 */
export function whyNotAuthority(certificate: X509Certificate, below: number): string | undefined {
  const parsed = new x509.X509Certificate(certificate.raw);
  const constraints = parsed.getExtension(x509.BasicConstraintsExtension);
  if (!constraints?.ca) return 'is no authority';
  const usages = parsed.getExtension(x509.KeyUsagesExtension)?.usages ?? x509.KeyUsageFlags.keyCertSign;
  if ((usages & x509.KeyUsageFlags.keyCertSign) === 0) return 'may not sign certificates: it lacks keyCertSign';
  const { pathLength } = constraints;
  if (pathLength !== undefined && pathLength < below)
    return `may have ${pathLength} authorities below it (pathlen), not ${below}`;
  return undefined;
}

/** Whether a server may show it: it names no use, or this one. */
export function isForServers(certificate: X509Certificate): boolean {
  const uses = new x509.X509Certificate(certificate.raw).getExtension(x509.ExtendedKeyUsageExtension)?.usages;
  return !uses || uses.includes(x509.ExtendedKeyUsage.serverAuth);
}
