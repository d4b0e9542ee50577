import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
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

export interface SigningRequest {
  subject: string;
  dnsNames: readonly string[];
  /** RSA of 4096 bits, for authorities that take nothing else; else ECDSA P-256. */
  rsa?: boolean;
  /** Of whoever has a key already, PEM (PKCS#8). */
  key?: string;
}

/**
 * Asks an outside authority for a certificate (PKCS#10). The key stays here.
 * @returns the request and its key, both as PEM
 * @throws Error where the key that was given cannot be read
 */
export async function createRequest({
  subject,
  dnsNames,
  rsa,
  key,
}: SigningRequest): Promise<{ request: string; key: string }> {
  const algorithm = rsa ? RSA : ECDSA;
  const keys = key ? await importPair(key) : await generate(algorithm);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject,
    keys,
    signingAlgorithm: keys.privateKey.algorithm.name === ECDSA.name ? ECDSA : RSA,
    extensions: [new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns', value })))],
  });
  return { request: `${request.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
}

/** Public key of a request, PEM (SPKI). */
export function requestedKey(request: string): string {
  return new x509.Pkcs10CertificateRequest(request).publicKey.toString('pem');
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
  const keys = await generate(algorithm);
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
  return { certificate: `${certificate.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
}

function generate(algorithm: typeof ECDSA | typeof RSA): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** A key in any form that OpenSSL writes, with its public half. */
async function importPair(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(pem);
  const algorithm = key.asymmetricKeyType === 'rsa' ? RSA : ECDSA;
  const load = (type: 'pkcs8' | 'spki', der: Buffer, use: 'sign' | 'verify') =>
    webcrypto.subtle.importKey(type, der, algorithm, true, [use]) as Promise<webcrypto.CryptoKey>;
  return {
    privateKey: await load('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), 'sign'),
    publicKey: await load('spki', createPublicKey(key).export({ type: 'spki', format: 'der' }), 'verify'),
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
