import { stringify } from 'yaml';
import { sealItem } from './seal.ts';
import type { SealingCertificate } from './sealing-certificate.ts';

/** A Secret before it is sealed. Its values are in memory only. */
export interface SecretValues {
  namespace: string;
  name: string;
  type?: string;
  data: Readonly<Record<string, Buffer>>;
}

/** Tells which key opens the values: the controller itself can only try them all. */
export const CERTIFICATE_ANNOTATION = 'ai-spm.io/sealing-certificate';

/** @returns a SealedSecret as YAML, for this namespace and name only (scope `strict`) */
export function sealSecret({ namespace, name, type, data }: SecretValues, certificate: SealingCertificate): string {
  const target = { namespace, name, scope: 'strict' as const };
  const keys = Object.keys(data).sort();
  const encryptedData = Object.fromEntries(
    keys.map((key) => [key, sealItem(certificate.publicKey, target, data[key] as Buffer)]),
  );
  const object = {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace, annotations: { [CERTIFICATE_ANNOTATION]: certificate.fingerprint } },
    spec: { encryptedData, template: { metadata: { name, namespace }, ...(type ? { type } : {}) } },
  };
  return stringify(object, { lineWidth: 0 });
}
