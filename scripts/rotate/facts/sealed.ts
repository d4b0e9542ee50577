import { X509Certificate } from 'node:crypto';
import { fingerprintOf } from '../../secrets/pem.ts';
import type { Connection } from '../../verify/connection.ts';
import { activeKeys } from '../cluster-sealing-key.ts';
import { ciphertextDigest } from './ciphertext.ts';
import type { SealedFacts, SealingKeyFacts } from './facts.ts';

interface Condition {
  type: string;
  status: string;
  lastUpdateTime?: string;
}

interface LiveSealedSecret {
  metadata: { name: string; namespace: string; generation?: number };
  spec: { encryptedData?: Record<string, string>; template?: { data?: Record<string, string> } };
  status?: { observedGeneration?: number; conditions?: Condition[] };
}

/** Whether each SealedSecret of the cluster has been opened, and which version of it. */
export async function sealedSecrets({ custom }: Connection): Promise<SealedFacts[]> {
  const kind = { group: 'bitnami.com', version: 'v1alpha1', plural: 'sealedsecrets' };
  const { items } = (await custom.listClusterCustomObject(kind)) as { items: LiveSealedSecret[] };
  return items.map(({ metadata, spec, status }) => {
    const isCurrent = status?.observedGeneration === metadata.generation;
    const synced = status?.conditions?.find((one) => one.type === 'Synced' && one.status === 'True');
    return {
      namespace: metadata.namespace,
      name: metadata.name,
      opened: isCurrent && synced !== undefined,
      ...(synced?.lastUpdateTime ? { openedAt: new Date(synced.lastUpdateTime).toISOString() } : {}),
      ciphertext: ciphertextDigest({ encryptedData: spec.encryptedData ?? {}, open: spec.template?.data ?? {} }),
    };
  });
}

/** The certificates of the controller's keys, newest first. The keys themselves are dropped unread. */
export async function sealingKeys({ core }: Connection): Promise<SealingKeyFacts[]> {
  return (await activeKeys(core))
    .map(({ metadata, data }) => ({
      name: metadata?.name ?? '',
      certificate: new X509Certificate(Buffer.from(data?.['tls.crt'] ?? '', 'base64')),
    }))
    .map(({ name, certificate }) => ({
      name,
      fingerprint: fingerprintOf(certificate),
      notBefore: new Date(certificate.validFrom).toISOString(),
    }))
    .sort((a, b) => (a.notBefore < b.notBefore ? 1 : -1));
}
