import { createPrivateKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { KeyPair } from '../certificates.ts';

/** RFC 5280, section 4.2.1.6. */
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

export interface Answer {
  /** The certificate is that of an authority itself. */
  isAuthority?: boolean;
  days?: number;
  /** In place of the names that were asked for. */
  dnsNames?: readonly string[];
  /** May sign certificates; an authority may, unless told otherwise. */
  keyCertSign?: boolean;
  pathLength?: number;
  /** What it may be used for (OID); anything where absent. */
  use?: string;
}

/** What an authority outside of this repository does with a signing request. */
export async function sign(request: string, root: KeyPair, now: Date, answer: Answer = {}): Promise<string> {
  const asked = new x509.Pkcs10CertificateRequest(request);
  if (!(await asked.verify())) throw new Error('the request is not signed by its own key');
  const { isAuthority = false, days = 90, dnsNames, pathLength = 0, use } = answer;
  const names = asked.extensions.find(({ type }) => type === SUBJECT_ALTERNATIVE_NAME);
  const { keyCertSign, digitalSignature } = x509.KeyUsageFlags;
  const isRsa = createPrivateKey(root.key).asymmetricKeyType === 'rsa';
  const algorithm = isRsa
    ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const certificate = await x509.X509CertificateGenerator.create({
    subject: asked.subject,
    issuer: new x509.X509Certificate(root.certificate).subject,
    notBefore: new Date(now.getTime() - 60_000),
    notAfter: new Date(now.getTime() + days * 86_400_000),
    publicKey: asked.publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(root.key), algorithm, false, [
      'sign',
    ]),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, isAuthority ? pathLength : undefined, true),
      new x509.KeyUsagesExtension((answer.keyCertSign ?? isAuthority) ? keyCertSign : digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(asked.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(new x509.X509Certificate(root.certificate)),
      ...(use ? [new x509.ExtendedKeyUsageExtension([use])] : []),
      ...(dnsNames
        ? [new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns', value })))]
        : names
          ? [names]
          : []),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}
