import { randomBytes } from 'node:crypto';
import type { ClusterRecord } from '../records/cluster-record.ts';
import { cacerts, createIntermediate, createSelfSigned, type KeyPair } from '../secrets/certificates.ts';
import { scramVerifier } from '../secrets/scram.ts';
import type { SecretValues } from '../secrets/sealed-secret.ts';
import { CLOSED, DATABASE_ROLES_SECRET, databaseUrl, newPassword } from './database-roles.ts';
import { usesVault } from './from-vault.ts';
import { DATABASE_ROLES, FIRST_SECRET } from './rotation-file.ts';

/** What a new cluster needs, and how its values are made. */
export interface FirstSecret {
  /**
   * Where its sealed form is kept, below the folder of the cluster. Of several that belong together, the last is written last: where it is
   * missing, nobody can have used the others, and all are made anew.
   */
  files: readonly string[];
  /** Values for each file. */
  make(): Promise<SecretValues[]>;
}

/**
 * Of a cluster whose values are in a vault, only the authority of the mesh is made here.
 * @param root authority of the mesh; without one, istiod makes its own, which no other cluster trusts
 */
export function firstSecrets(record: ClusterRecord, root: KeyPair | undefined, now: Date): FirstSecret[] {
  const secrets: FirstSecret[] = usesVault(record) ? [] : valuesOf(record, now);
  return root ? [...secrets, authorityOf(record, root, now)] : secrets;
}

function valuesOf(record: ClusterRecord, now: Date): FirstSecret[] {
  return [
    {
      files: [`secrets/${DATABASE_ROLES_SECRET}.yaml`, `secrets/${FIRST_SECRET}.yaml`],
      make: async () => workloadSecrets(),
    },
    {
      files: ['platform/ai-spm-tls.yaml'],
      make: async () => {
        const { certificate, key } = await createSelfSigned(record.host, now);
        const secret = { namespace: 'istio-ingress', name: 'ai-spm-tls', type: 'kubernetes.io/tls' };
        return [{ ...secret, data: buffers({ 'tls.key': key }), open: { 'tls.crt': certificate } }];
      },
    },
  ];
}

function authorityOf(record: ClusterRecord, root: KeyPair, now: Date): FirstSecret {
  return {
    files: ['platform/cacerts.yaml'],
    make: async () => {
      const intermediate = await createIntermediate(root, record.name, now);
      const data = buffers({ 'ca-key.pem': intermediate.key });
      return [{ namespace: 'istio-system', name: 'cacerts', data, open: cacerts(intermediate, root.certificate) }];
    },
  };
}

/** The database knows the verifier of the password that the services log in with. */
function workloadSecrets(): SecretValues[] {
  const [live, idle] = DATABASE_ROLES;
  const password = newPassword();
  const data = {
    'database-password': newPassword(),
    'database-url': databaseUrl(live, password),
    'session-secret': randomBytes(32).toString('hex'),
  };
  const roles = { data: buffers({ [live]: scramVerifier(password) }), open: { [idle]: CLOSED } };
  return [
    { namespace: 'ai-spm', name: DATABASE_ROLES_SECRET, ...roles },
    { namespace: 'ai-spm', name: FIRST_SECRET, data: buffers(data) },
  ];
}

function buffers(texts: Record<string, string>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text)]));
}
