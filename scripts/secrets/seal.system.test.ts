import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createSealingKey, type KeyPair } from './certificates.ts';
import { type Scope, sealItem } from './seal.ts';
import { sealSecret } from './sealed-secret.ts';
import { readSealingCertificate } from './sealing-certificate.ts';
import { findKubeseal, openSealed } from './testing/kubeseal.ts';

let kubeseal: string;
let key: KeyPair;
beforeAll(async () => {
  kubeseal = await findKubeseal();
  key = await createSealingKey(new Date());
}, 600_000);

const open = (sealed: string) => openSealed(kubeseal, key.key, sealed);

const certificate = () => readSealingCertificate('sealing.crt', key.certificate, new Date());

it('kubeseal opens every value that we seal', async () => {
  const values = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 5000 }), {
    minKeys: 1,
    maxKeys: 4,
  });
  await fc.assert(
    fc.asyncProperty(values, async (entries) => {
      const data = Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, Buffer.from(value)]));

      expect(await open(sealSecret({ namespace: 'ai-spm', name: 'a', data }, certificate()))).toEqual(data);
    }),
    { numRuns: 15, examples: [[{ n: new Uint8Array([1]), on: new Uint8Array([]) }]] },
  );
}, 120_000);

it.each<[Scope, string, string, boolean]>([
  ['strict', 'ai-spm', 'a', true],
  ['strict', 'ai-spm', 'b', false],
  ['strict', 'other', 'a', false],
  ['namespace-wide', 'ai-spm', 'b', true],
  ['namespace-wide', 'other', 'a', false],
  ['cluster-wide', 'other', 'b', true],
])('sealed %s for ai-spm/a, kept as %s/%s: opens %s', async (scope, namespace, name, opens) => {
  const item = sealItem(certificate().publicKey, { namespace: 'ai-spm', name: 'a', scope }, Buffer.from('secret'));
  const annotations = scope === 'strict' ? {} : { [`sealedsecrets.bitnami.com/${scope}`]: 'true' };
  const metadata = { name, namespace, annotations };
  const spec = { encryptedData: { value: item }, template: { metadata } };
  const opened = await open(stringify({ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, spec }));

  if (opens) expect(opened).toEqual({ value: Buffer.from('secret') });
  else expect(opened).toContain('no key could decrypt secret');
});

it('names the certificate that a secret is sealed to', () => {
  const sealed = parse(sealSecret({ namespace: 'ai-spm', name: 'a', data: { x: Buffer.from('1') } }, certificate()));

  expect(sealed.metadata.annotations).toEqual({
    'ai-spm.io/sealing-certificate': new X509Certificate(key.certificate).fingerprint256
      .replaceAll(':', '')
      .toLowerCase(),
  });
});
