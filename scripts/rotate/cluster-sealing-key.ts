import type { CoreV1Api, V1Secret } from '@kubernetes/client-node';
import { createSealingKey } from '../secrets/certificates.ts';
import type { Connection } from '../verify/connection.ts';

const NAMESPACE = 'sealed-secrets';
const ACTIVE = { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' };

/**
 * The certificate that the sealed-secrets controller of a cluster seals with: that of its newest key, or of a first key that is made here and
 * given to the cluster before its controller starts. The private key is nowhere but in memory and in the cluster.
 */
export async function clusterSealingCertificate({ core }: Connection, now: Date): Promise<string> {
  const [newest] = (await activeKeys(core)).sort(byAge);
  if (newest) return Buffer.from(newest.data?.['tls.crt'] ?? '', 'base64').toString('utf8');
  const { certificate, key } = await createSealingKey(now);
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } }).catch(ignoreExisting);
  const body = {
    metadata: { generateName: 'sealed-secrets-key', labels: ACTIVE },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': certificate, 'tls.key': key },
  };
  await core.createNamespacedSecret({ namespace: NAMESPACE, body });
  return certificate;
}

async function activeKeys(core: CoreV1Api): Promise<V1Secret[]> {
  const [labelSelector] = Object.entries(ACTIVE).map(([key, value]) => `${key}=${value}`);
  return (await core.listNamespacedSecret({ namespace: NAMESPACE, ...(labelSelector ? { labelSelector } : {}) })).items;
}

function byAge(a: V1Secret, b: V1Secret): number {
  return (b.metadata?.creationTimestamp?.getTime() ?? 0) - (a.metadata?.creationTimestamp?.getTime() ?? 0);
}

function ignoreExisting(error: { code?: number }): void {
  if (error.code !== 409) throw error;
}
