import 'reflect-metadata';
import { createPrivateKey, createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { UserError } from '../system/user-error.ts';

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

/**
 * Root of the mesh: signs nothing but the intermediate of each cluster.
 * @param rsa RSA of 4096 bits; else ECDSA P-256
 */
export async function createRoot(now: Date, days = 10 * 365, rsa = false): Promise<KeyPair> {
  return issue({
    subject: 'O=ai-spm-mesh, CN=ai-spm-mesh root',
    now,
    days,
    algorithm: rsa ? RSA : ECDSA,
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
export async function createIntermediate(
  root: KeyPair,
  cluster: string,
  now: Date,
  { days = 365, rsa = false }: { days?: number; rsa?: boolean } = {},
): Promise<KeyPair> {
  return issue({ ...intermediate(root, cluster, now, days), algorithm: rsa ? RSA : ECDSA });
}

/**
 * What `createIntermediate` makes, for a key that is known by its signing request alone.
 * @returns the certificate, PEM
 * @throws Error where the request is not signed by its own key
 */
export async function signIntermediate(
  root: KeyPair,
  request: string,
  cluster: string,
  now: Date,
  days = 365,
): Promise<string> {
  const asked = new x509.Pkcs10CertificateRequest(request);
  if (!(await asked.verify())) throw new Error('the request is not signed by its own key');
  return certify(intermediate(root, cluster, now, days), await asked.publicKey.export());
}

function intermediate(signer: KeyPair, cluster: string, now: Date, days: number) {
  return {
    subject: intermediateSubject(cluster),
    now,
    days,
    signer,
    extensions: [
      // It signs workloads and no further authority.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign | digitalSignature, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: ISTIOD }]),
    ],
  };
}

/** Name by which proxies call istiod. */
export const ISTIOD = 'istiod.istio-system.svc';

export function intermediateSubject(cluster: string): string {
  return `O=ai-spm-mesh, CN=ai-spm-mesh intermediate, L=${cluster}`;
}

/**
 * For the public gateway until a real one is there: clients do not trust it.
 * @param key to make it for, PEM, instead of a new one
 */
export async function createSelfSigned(host: string, now: Date, days = 90, key?: string): Promise<KeyPair> {
  return issue({
    ...(key ? { keys: await importPair(key) } : {}),
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
 * @throws UserError where the key that was given cannot be used
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
  /** Made anew where absent. */
  keys?: webcrypto.CryptoKeyPair;
}

async function issue(request: Request): Promise<KeyPair> {
  const keys = request.keys ?? (await generate(request.algorithm ?? ECDSA));
  return { certificate: await certify(request, keys.publicKey, keys.privateKey), key: await pemOf(keys.privateKey) };
}

/** @param ownKey signs it, where nobody else does */
async function certify(
  { subject, now, days, extensions, signer }: Request,
  publicKey: webcrypto.CryptoKey,
  ownKey?: webcrypto.CryptoKey,
): Promise<string> {
  const parent = signer && new x509.X509Certificate(signer.certificate);
  const signingKey = signer ? (await importPair(signer.key)).privateKey : ownKey;
  if (!signingKey) throw new Error('a certificate needs a key that signs it');
  const identifiers = [
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ...(parent ? [await x509.AuthorityKeyIdentifierExtension.create(parent)] : []),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: parent?.subject ?? subject,
    // Clocks differ.
    notBefore: new Date(now.getTime() - 300_000),
    notAfter: new Date(now.getTime() + days * DAY_MS),
    publicKey,
    signingKey,
    signingAlgorithm: signingKey.algorithm.name === ECDSA.name ? ECDSA : RSA,
    extensions: [...extensions, ...identifiers],
  });
  return `${certificate.toString('pem')}\n`;
}

function generate(algorithm: typeof ECDSA | typeof RSA): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** A key in any form that OpenSSL writes, with its public half. */
async function importPair(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = usableKey(pem);
  const algorithm = key.asymmetricKeyType === 'rsa' ? RSA : ECDSA;
  const load = (type: 'pkcs8' | 'spki', der: Buffer, use: 'sign' | 'verify') =>
    webcrypto.subtle.importKey(type, der, algorithm, true, [use]) as Promise<webcrypto.CryptoKey>;
  return {
    privateKey: await load('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), 'sign'),
    publicKey: await load('spki', createPublicKey(key).export({ type: 'spki', format: 'der' }), 'verify'),
  };
}

/** What Envoy and istiod take: BoringSSL offers clients of TLS no other curve by default. */
function usableKey(pem: string): KeyObject {
  const refuse = (why: string) =>
    new UserError('the private key that was given cannot be used', {
      why,
      fix: 'give a key of ECDSA P-256, or of RSA with 2048 bits or more, as PEM without a passphrase',
    });
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The reason of OpenSSL adds nothing, and may show what was read.
    throw refuse('it cannot be read');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
  if (type === 'ec' && details.namedCurve === 'prime256v1') return key;
  if (type === 'rsa' && (details.modulusLength ?? 0) >= 2048) return key;
  throw refuse(`it is of ${[type, details.namedCurve, details.modulusLength].filter(Boolean).join(' ')}`);
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
