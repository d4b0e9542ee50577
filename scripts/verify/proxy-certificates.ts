import type { X509Certificate } from 'node:crypto';
import { certificatesIn, chainsTo, fingerprintOf } from '../secrets/pem.ts';

/** What a proxy shows to others, and what it trusts; times in RFC 3339, fingerprints SHA-256. */
export interface ProxyCertificates {
  serial: string;
  fingerprint: string;
  ends: string;
  /** The trusted root that its chain ends in. */
  root: string;
  trusts: string[];
  /** The first end of an issuer in its chain, or of a root that it trusts. */
  issuerEnds: string;
}

/** Envoy's answer to `/config_dump?resource=dynamic_active_secrets`. It leaves private keys out. */
interface SecretsDump {
  configs?: {
    name?: string;
    secret?: {
      tls_certificate?: { certificate_chain?: { inline_bytes?: string } };
      validation_context?: { trusted_ca?: { inline_bytes?: string } };
    };
  }[];
}

/** Path below which Envoy shows the certificates that it has. */
export const SECRETS = '/config_dump?resource=dynamic_active_secrets';

/** PEM text that a proxy holds under a name: `default` is its own chain, `ROOTCA` what it trusts (Istio, pkg/security). */
export function pemNamed(name: string, dump: string): string {
  const { configs = [] } = JSON.parse(dump) as SecretsDump;
  const secret = configs.find((config) => config.name === name)?.secret;
  const bytes = secret?.tls_certificate?.certificate_chain ?? secret?.validation_context?.trusted_ca;
  return Buffer.from(bytes?.inline_bytes ?? '', 'base64').toString('utf8');
}

export function certificatesNamed(name: string, dump: string): X509Certificate[] {
  return certificatesIn(pemNamed(name, dump));
}

/** @returns undefined where it has no certificate of its own, or trusts nobody */
export function proxyCertificates(dump: string): ProxyCertificates | undefined {
  const chain = certificatesNamed('default', dump);
  const roots = certificatesNamed('ROOTCA', dump);
  const [leaf, ...issuers] = chain;
  if (!leaf || roots.length === 0) return undefined;
  const root = roots.find((one) => chainsTo(chain, one));
  return {
    serial: leaf.serialNumber.toLowerCase(),
    fingerprint: fingerprintOf(leaf),
    ends: endOf(leaf),
    root: root ? fingerprintOf(root) : '',
    trusts: roots.map(fingerprintOf),
    issuerEnds: [...issuers, ...roots].map(endOf).sort()[0] ?? '',
  };
}

export function endOf({ validTo }: X509Certificate): string {
  return new Date(validTo).toISOString();
}

export function hoursUntil(end: string): number {
  return (Date.parse(end) - Date.now()) / 3_600_000;
}
