import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

/** A certificate with its private key, both as PEM. The key stays in memory. */
export interface KeyPair {
  certificate: string;
  key: string;
}

const DAY_MS = 86_400_000;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 4096,
};
const { keyCertSign, cRLSign, digitalSignature, keyEncipherment } = x509.KeyUsageFlags;

/** Root of the mesh: signs nothing but the intermediate of each cluster. */
export async function createRoot(now: Date, days = 10 * 365): Promise<KeyPair> {
  return issue({
    subject: 'O=ai-spm-mesh, CN=ai-spm-mesh root',
    now,
    days,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
    ],
  });
}

/**
 * Intermediate with which the istiod of one cluster signs its workloads.
 * @see https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
 */
export async function createIntermediate(root: KeyPair, cluster: string, now: Date, days = 365): Promise<KeyPair> {
  return issue({
    subject: `O=ai-spm-mesh, CN=ai-spm-mesh intermediate, L=${cluster}`,
    now,
    days,
    signer: root,
    extensions: [
      // It signs workloads and no further authority.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign | digitalSignature, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'istiod.istio-system.svc' }]),
    ],
  });
}

/** For the public gateway until a real one is there: clients do not trust it. */
export async function createSelfSigned(host: string, now: Date, days = 90): Promise<KeyPair> {
  return issue({
    subject: `CN=${host}`,
    now,
    days,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature | keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
    ],
  });
}

/** As the sealed-secrets controller makes its own: RSA, for ten years. */
export async function createSealingKey(now: Date, days = 10 * 365): Promise<KeyPair> {
  return issue({
    subject: 'CN=sealed-secrets',
    now,
    days,
    algorithm: RSA,
    extensions: [new x509.KeyUsagesExtension(keyEncipherment, true)],
  });
}

interface Request {
  subject: string;
  now: Date;
  days: number;
  extensions: x509.Extension[];
  /** Itself, where absent. */
  signer?: KeyPair;
  algorithm?: typeof ECDSA | typeof RSA;
}

async function issue({ subject, now, days, extensions, signer, algorithm = ECDSA }: Request): Promise<KeyPair> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const parent = signer && new x509.X509Certificate(signer.certificate);
  const signingKey = signer ? await importKey(signer) : keys.privateKey;
  const identifiers = [
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ...(parent ? [await x509.AuthorityKeyIdentifierExtension.create(parent)] : []),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: parent?.subject ?? subject,
    // Clocks differ.
    notBefore: new Date(now.getTime() - 300_000),
    notAfter: new Date(now.getTime() + days * DAY_MS),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: signer ? ECDSA : algorithm,
    extensions: [...extensions, ...identifiers],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
  };
}

function importKey({ key }: KeyPair): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key), ECDSA, false, [
    'sign',
  ]) as Promise<webcrypto.CryptoKey>;
}

/**
 * The Secret `cacerts` of a cluster, as istiod reads it: its certificates, which anybody may see. Its key is `ca-key.pem`.
 * @param root the one that has signed the intermediate
 * @param trusted every root that is trusted; append, never reorder: istiod compares the old bundle with the new one
 */
export function cacerts(intermediate: KeyPair, root: string, trusted = root): Record<string, string> {
  return {
    'ca-cert.pem': intermediate.certificate,
    'root-cert.pem': trusted,
    'cert-chain.pem': intermediate.certificate + root,
  };
}
