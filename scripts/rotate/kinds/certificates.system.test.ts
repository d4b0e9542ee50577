import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRoot, type KeyPair, requestedKey } from '../../secrets/certificates.ts';
import { certificatesIn } from '../../secrets/pem.ts';
import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import { sign } from '../../secrets/testing/outside-authority.ts';
import { unseal } from '../../secrets/testing/unseal.ts';
import { runProcess } from '../../system/run-process.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { withTemporaryFolder } from '../../system/temporary-folder.ts';
import { type AskedAuthority, askIstio } from '../testing/istio-oracle.ts';
import { type RotationTree, rotationTree, stepped } from '../testing/rotation-tree.ts';
import { gatewayTls } from './gateway-tls.ts';
import { meshIntermediate } from './mesh-intermediate.ts';
import { meshRoot } from './mesh-root.ts';

const HOUR_MS = 60 * 60_000;
const now = new Date();
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
/** Files after each step of the kinds of the mesh, by what led to them. */
const trees: Record<string, SourceTree> = {};
let [first, tls]: [RotationTree, SourceTree] = [{} as RotationTree, {} as SourceTree];
let [rootA, rootB]: KeyPair[] = [];

/** With keys of both algorithms: the new root and its intermediates are of RSA. */
beforeAll(async () => {
  first = await rotationTree(now);
  rootA = first.meshRoot;
  rootB = await createRoot(now, undefined, true);
  const take = (kind: typeof meshRoot, from: SourceTree, minutes: number, inputs = {}) =>
    stepped(from, kind, { now: at(minutes), inputs });
  const standby = first.tree;
  const trusted = await take(meshRoot, standby, 1, { meshRoot: rootB });
  const signing = await take(meshRoot, trusted, 2, { meshRoot: rootB });
  const reissued = await take(meshRoot, signing, 3);
  const back = await stepped(signing, meshRoot, { now: at(3), inputs: { meshRoot: rootA }, direction: 'back' });
  const done = await take(meshRoot, reissued, 4);
  const asked = await take(meshIntermediate, standby, 1, { rsa: true });
  const replaced = await take(meshIntermediate, asked, 2, { meshRoot: rootA });
  const request = asked.read('clusters/prod-eu/cacerts.csr') ?? '';
  const chain = await sign(request, rootA, now, { isAuthority: true });
  const answered = await take(meshIntermediate, asked, 2, { chain });
  const askedNew = await take(meshIntermediate, trusted, 2);
  const answeredNew = await take(meshRoot, askedNew, 3, {
    chain: await sign(askedNew.read('clusters/prod-eu/cacerts.csr') ?? '', rootB, now, { isAuthority: true }),
  });
  Object.assign(trees, { standby, trusted, signing, reissued, back, done, asked, replaced, answered, answeredNew });
  const askedTls = await stepped(standby, gatewayTls, { now });
  const answer = await sign(askedTls.read('clusters/prod-eu/ai-spm-tls.csr') ?? '', rootA, now);
  tls = await stepped(askedTls, gatewayTls, { now, inputs: { chain: answer + rootA.certificate } });
}, 120_000);

it('makes keys of RSA with 4096 bits where that is wanted', () => {
  const sizes = ['asked', 'replaced', 'done'].map((name) => {
    const tree = trees[name] as SourceTree;
    const request = tree.read('clusters/prod-eu/cacerts.csr');
    const [last] = certificatesIn(authorityIn(tree).roots).slice(-1);
    const key = name === 'done' ? last?.publicKey : createPublicKey(requestedKey(request ?? ''));
    return key?.asymmetricKeyDetails?.modulusLength;
  });

  expect(sizes).toEqual([4096, 4096, 4096]);
});

describe('Istio and OpenSSL', () => {
  it("Istio's own code accepts the authority of every phase, with the key that is sealed", {
    timeout: HOUR_MS,
  }, async () => {
    expect(await askIstio(Object.values(trees).map(authorityIn))).toEqual(Object.values(trees).map(() => ''));
  });

  it("Istio's own code refuses what the kinds never write", { timeout: HOUR_MS }, async () => {
    const [standby, done] = [authorityIn(trees['standby'] as SourceTree), authorityIn(trees['done'] as SourceTree)];
    const wrong = [
      { ...standby, roots: done.roots },
      { ...standby, key: done.key },
      { ...standby, roots: '' },
    ];

    for (const reason of await askIstio(wrong)) expect(reason).not.toBe('');
  });

  it('OpenSSL verifies the chain of every phase, strictly, under exactly the roots that are trusted', async () => {
    for (const [name, tree] of Object.entries(trees)) {
      const { certificate, chain, roots } = authorityIn(tree);
      expect(await verify(roots, chain, certificate), name).toBe('own: OK\n');
    }
    // Which of the two roots has signed.
    for (const name of ['trusted', 'back', 'replaced'])
      expect(await verify(rootA?.certificate ?? '', '', authorityIn(trees[name] as SourceTree).certificate), name).toBe(
        'own: OK\n',
      );
    for (const name of ['signing', 'reissued', 'answeredNew', 'done'])
      expect(
        await verify(rootA?.certificate ?? '', '', authorityIn(trees[name] as SourceTree).certificate),
        name,
      ).toContain('failed');
  });

  it('OpenSSL verifies the certificate of the gateway for its host, and finds its key to be the sealed one', async () => {
    const text = tls.read('clusters/prod-eu/platform/ai-spm-tls.yaml') ?? '';
    const own = readSealedSecret(text).open['tls.crt'] ?? '';
    const host = ['-verify_hostname', 'ai-spm.eu.example.com', '-purpose', 'sslserver'];

    expect(await verify(rootA?.certificate ?? '', own, own, host)).toBe('own: OK\n');
    const key = unseal(text, first.sealingKey.key)['tls.key']?.toString() ?? '';
    // Through standard input: no key in a file or an argument.
    const { stdout } = await runProcess('openssl', ['pkey', '-pubout'], { stdin: key });
    expect(await openssl({ own }, ['x509', '-in', 'own', '-noout', '-pubkey'])).toBe(stdout);
  });
});

function authorityIn(tree: SourceTree): AskedAuthority {
  const text = tree.read('clusters/prod-eu/platform/cacerts.yaml') ?? '';
  const { open } = readSealedSecret(text);
  return {
    certificate: open['ca-cert.pem'] ?? '',
    key: unseal(text, first.sealingKey.key)['ca-key.pem']?.toString() ?? '',
    chain: open['cert-chain.pem'] ?? '',
    roots: open['root-cert.pem'] ?? '',
  };
}

function verify(roots: string, chain: string, own: string, more: readonly string[] = []): Promise<string> {
  const untrusted = chain ? ['-untrusted', 'chain'] : [];
  return openssl({ roots, own, chain }, ['verify', '-x509_strict', ...more, '-CAfile', 'roots', ...untrusted, 'own']);
}

/** What OpenSSL says of files in a folder of their own; none of them holds a key. */
function openssl(files: Record<string, string>, args: readonly string[]): Promise<string> {
  return withTemporaryFolder('ai-spm-mesh-test-', async (folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { stdout, stderr } = await runProcess('openssl', args, { cwd: folder });
    return stdout + stderr;
  });
}
