import { randomBytes } from 'node:crypto';
import type { ClusterRecord } from '../records/cluster-record.ts';
import { cacerts, createIntermediate, createSelfSigned, type KeyPair } from '../secrets/certificates.ts';
import type { SecretValues } from '../secrets/sealed-secret.ts';

/** A secret that a new cluster needs, and how its values are made. */
export interface FirstSecret {
  /** Where its sealed form is kept, below the folder of the cluster. */
  file: string;
  make(): Promise<SecretValues>;
}

/** @param root authority of the mesh; without one, istiod makes its own, which no other cluster trusts */
export function firstSecrets(record: ClusterRecord, root: KeyPair | undefined, now: Date): FirstSecret[] {
  const secrets: FirstSecret[] = [
    { file: 'secrets/ai-spm-secrets.yaml', make: async () => workloadSecret() },
    {
      file: 'platform/ai-spm-tls.yaml',
      make: async () => {
        const { certificate, key } = await createSelfSigned(record.host, now);
        const secret = { namespace: 'istio-ingress', name: 'ai-spm-tls', type: 'kubernetes.io/tls' };
        return { ...secret, data: buffers({ 'tls.key': key }), open: { 'tls.crt': certificate } };
      },
    },
  ];
  if (!root) return secrets;
  const authority: FirstSecret = {
    file: 'platform/cacerts.yaml',
    make: async () => {
      const intermediate = await createIntermediate(root, record.name, now);
      const data = buffers({ 'ca-key.pem': intermediate.key });
      return { namespace: 'istio-system', name: 'cacerts', data, open: cacerts(intermediate, root.certificate) };
    },
  };
  return [...secrets, authority];
}

/** Letters and digits only: the password stands in a URL. */
function workloadSecret(): SecretValues {
  const password = randomBytes(24).toString('hex');
  const data = {
    'database-password': password,
    'database-url': `postgresql://ai_spm:${password}@database:5432/ai_spm`,
    'session-secret': randomBytes(32).toString('hex'),
  };
  return { namespace: 'ai-spm', name: 'ai-spm-secrets', data: buffers(data) };
}

function buffers(texts: Record<string, string>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text)]));
}
