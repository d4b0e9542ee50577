import { X509Certificate } from 'node:crypto';
import type { CoreV1Api, V1Secret } from '@kubernetes/client-node';
import { createSealingKey } from '../secrets/certificates.ts';
import { fingerprintOf } from '../secrets/pem.ts';
import type { Connection } from '../verify/connection.ts';

export const NAMESPACE = 'sealed-secrets';
const ACTIVE = { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' };

/**
 * The certificate that the sealed-secrets controller of a cluster seals with: that of its newest key, or of a first key that is made here and
 * given to the cluster before its controller starts. The private key is nowhere but in memory and in the cluster.
 * @param committed the one that its secrets are sealed to, where it has some: the controller makes a new key every month, and opens with the
 * old ones as long as it has them
 */
export async function clusterSealingCertificate({ core }: Connection, now: Date, committed?: string): Promise<string> {
  const [newest, ...older] = await sealingCertificates(core);
  const known = committed && fingerprintOf(new X509Certificate(committed));
  if (known && older.some((pem) => fingerprintOf(new X509Certificate(pem)) === known)) return committed;
  if (newest) return newest;
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } }).catch(ignoreExisting);
  return addSealingKey(core, now);
}

/** Gives the controller a key, which it takes when it starts. @returns its certificate */
export async function addSealingKey(core: CoreV1Api, now: Date): Promise<string> {
  const { certificate, key } = await createSealingKey(now);
  const body = {
    metadata: { generateName: 'sealed-secrets-key', labels: ACTIVE },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': certificate, 'tls.key': key },
  };
  await core.createNamespacedSecret({ namespace: NAMESPACE, body });
  return certificate;
}

/** What the controller seals with: the certificate that begins last, as its own code chooses. Only reads. */
export async function newestSealingCertificate(core: CoreV1Api): Promise<string | undefined> {
  return (await sealingCertificates(core))[0];
}

/** Of all keys that the controller opens with, newest first. */
async function sealingCertificates(core: CoreV1Api): Promise<string[]> {
  const keys = (await activeKeys(core)).map(({ data }) =>
    Buffer.from(data?.['tls.crt'] ?? '', 'base64').toString('utf8'),
  );
  const begin = (pem: string) => Date.parse(new X509Certificate(pem).validFrom);
  return keys.sort((a, b) => begin(b) - begin(a));
}

/** Those that the controller opens with. */
export async function activeKeys(core: CoreV1Api): Promise<V1Secret[]> {
  const [labelSelector] = Object.entries(ACTIVE).map(([key, value]) => `${key}=${value}`);
  return (await core.listNamespacedSecret({ namespace: NAMESPACE, ...(labelSelector ? { labelSelector } : {}) })).items;
}

function ignoreExisting(error: { code?: number }): void {
  if (error.code !== 409) throw error;
}
