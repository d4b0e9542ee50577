import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProcess } from '../system/run-process.ts';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { cacerts, createIntermediate, createRoot, createSelfSigned, type KeyPair } from './certificates.ts';

const now = new Date();

/** OpenSSL's verdict on files in a folder of their own. */
function openssl(files: Record<string, string>, args: readonly string[]): Promise<string> {
  return withTemporaryFolder('ai-spm-mesh-test-', async (folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { stdout, stderr } = await runProcess('openssl', args, { cwd: folder });
    return stdout + stderr;
  });
}

const verify = (roots: string, chain: string) =>
  openssl({ roots, chain }, ['verify', '-x509_strict', '-CAfile', 'roots', 'chain']);

it('OpenSSL accepts the intermediate of a cluster under its root, and under no other', async () => {
  const root = await createRoot(now);
  const other = await createRoot(now);
  const { certificate } = await createIntermediate(root, 'prod-eu', now);

  expect(await verify(root.certificate, certificate)).toBe('chain: OK\n');
  expect(await verify(root.certificate + other.certificate, certificate)).toBe('chain: OK\n');
  expect(await verify(other.certificate, certificate)).toContain('verification failed');
});

it('an intermediate may sign workloads and no authority', async () => {
  const text = await openssl({ c: (await intermediate()).certificate }, ['x509', '-in', 'c', '-noout', '-text']);

  expect(text).toContain('CA:TRUE, pathlen:0');
  expect(text).toContain('L = prod-eu');
  expect(text).toContain('DNS:istiod.istio-system.svc');
  expect(text).toContain('Public-Key: (256 bit)');
});

it('key and certificate belong together', async () => {
  for (const pair of [await createRoot(now), await intermediate(), await createSelfSigned('a.example.com', now)]) {
    const ofKey = await openssl({ key: pair.key }, ['pkey', '-in', 'key', '-pubout']);

    expect(await openssl({ c: pair.certificate }, ['x509', '-in', 'c', '-noout', '-pubkey'])).toBe(ofKey);
  }
});

it('the chain of cacerts is the intermediate and the root that has signed it', async () => {
  const [one, two] = [await createRoot(now), await createRoot(now)];
  const pair = await createIntermediate(one, 'prod-eu', now);
  const data = cacerts(pair, one.certificate, one.certificate + two.certificate);

  expect(data).toEqual({
    'ca-cert.pem': pair.certificate,
    'root-cert.pem': one.certificate + two.certificate,
    'cert-chain.pem': pair.certificate + one.certificate,
  });
});

async function intermediate(): Promise<KeyPair> {
  return createIntermediate(await createRoot(now), 'prod-eu', now);
}
