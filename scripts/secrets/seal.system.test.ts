import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { PROGRAM_MODULES } from '../lab/program-list.ts';
import { buildPrograms } from '../lab/programs.ts';
import { runProcess } from '../system/run-process.ts';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { createSealingKey, type KeyPair } from './certificates.ts';
import { type Scope, sealItem } from './seal.ts';
import { sealSecret } from './sealed-secret.ts';
import { readSealingCertificate } from './sealing-certificate.ts';

let kubeseal: string;
let key: KeyPair;
beforeAll(async () => {
  const modules = PROGRAM_MODULES.filter(({ folder }) => folder === 'sealed-secrets');
  kubeseal = (await buildPrograms(modules)).paths.get('kubeseal') ?? '';
  key = await createSealingKey(new Date());
}, 600_000);

/** What upstream's own code finds in a SealedSecret: the data of the Secret, or why it cannot be opened. */
function open(sealed: string): Promise<Record<string, Buffer> | string> {
  return withTemporaryFolder('ai-spm-mesh-test-', async (folder) => {
    const file = join(folder, 'key.pem');
    writeFileSync(file, key.key);
    const args = ['--recovery-unseal', '--recovery-private-key', file, '--format', 'yaml'];
    const { code, stdout, stderr } = await runProcess(kubeseal, args, { stdin: sealed });
    if (code !== 0) return stderr;
    const { data } = parse(stdout) as { data: Record<string, string | null> };
    return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value ?? '', 'base64')]));
  });
}

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
    { numRuns: 15 },
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
