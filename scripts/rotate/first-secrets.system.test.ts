import { expect, it } from 'vitest';
import type { ClusterRecord } from '../records/cluster-record.ts';
import { createRoot, createSealingKey } from '../secrets/certificates.ts';
import { isVerifierOf } from '../secrets/scram.ts';
import { sealSecret } from '../secrets/sealed-secret.ts';
import { readSealingCertificate } from '../secrets/sealing-certificate.ts';
import { findKubeseal, openSealed } from '../secrets/testing/kubeseal.ts';
import { firstSecrets } from './first-secrets.ts';

it('kubeseal finds in the first secrets of a cluster what its programs read', async () => {
  const [now, kubeseal] = [new Date(), await findKubeseal()];
  const key = await createSealingKey(now);
  const certificate = readSealingCertificate('sealing.crt', key.certificate, now);
  const record = { name: 'prod-eu', host: 'ai-spm.example.com' } as ClusterRecord;
  const opened: Record<string, Record<string, string>> = {};
  for (const { make } of firstSecrets(record, await createRoot(now), now)) {
    for (const values of await make()) {
      const data = await openSealed(kubeseal, key.key, sealSecret(values, certificate));
      opened[values.name] = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, String(value)]));
    }
  }

  const { 'ai-spm-secrets': workloads, 'database-roles': roles, 'ai-spm-tls': tls, cacerts } = opened;
  const url = new URL(workloads?.['database-url'] ?? '');
  expect([url.username, url.host, url.pathname]).toEqual(['ai_spm_a', 'database:5432', '/ai_spm']);
  expect(isVerifierOf(roles?.['ai_spm_a'] ?? '', url.password)).toBe(true);
  expect(roles?.['ai_spm_b']).toBe('closed');
  expect(Object.keys(workloads ?? {}).sort()).toEqual(['database-password', 'database-url', 'session-secret']);
  expect(Object.keys(tls ?? {}).sort()).toEqual(['tls.crt', 'tls.key']);
  expect(Object.keys(cacerts ?? {}).sort()).toEqual(['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'root-cert.pem']);
  expect(cacerts?.['cert-chain.pem']).toBe(`${cacerts?.['ca-cert.pem']}${cacerts?.['root-cert.pem']}`);
}, 600_000);
