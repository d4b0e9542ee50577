import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRoot, createSelfSigned, requestedKey } from '../../secrets/certificates.ts';
import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import { sign } from '../../secrets/testing/outside-authority.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import { phaseOf } from '../engine.ts';
import type { ClusterFacts } from '../facts/facts.ts';
import { gatewayShows } from '../gates/gateway-shows.ts';
import { readAuthority } from '../mesh-authority.ts';
import { type RotationTree, rotationTree, stepped } from '../testing/rotation-tree.ts';
import { gatewayTls } from './gateway-tls.ts';
import { meshIntermediate } from './mesh-intermediate.ts';

const now = new Date();
/** Certificates of another second. */
const later = new Date(now.getTime() + 60_000);
let first: RotationTree;
beforeAll(async () => {
  first = await rotationTree(now);
});
const sealed = (tree: SourceTree, secret: string) =>
  readSealedSecret(tree.read(`clusters/prod-eu/platform/${secret}.yaml`) ?? '');
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const csr = (tree: SourceTree, secret: string) => tree.read(`clusters/prod-eu/${secret}.csr`) ?? '';

describe('gateway-tls', () => {
  it('asks, waits, and puts key and certificate in place together', async () => {
    const root = await createRoot(now);
    const requested = await stepped(first.tree, gatewayTls, { now });
    const before = sealed(requested, 'ai-spm-tls');
    const chain = (await sign(csr(requested, 'ai-spm-tls'), root, now)) + root.certificate;
    const replaced = await stepped(requested, gatewayTls, { now, inputs: { chain } });
    const after = sealed(replaced, 'ai-spm-tls');
    const done = await stepped(replaced, gatewayTls, { now });

    expect([requested, replaced, done].map((tree) => phaseOf(gatewayTls, tree, 'prod-eu')?.name)).toEqual([
      'requested',
      'replaced',
      'standby',
    ]);
    // The live pair is as it was while the new key waits.
    expect(before.encryptedData['tls.key']).toBe(sealed(first.tree, 'ai-spm-tls').encryptedData['tls.key']);
    expect(before.open).toEqual(sealed(first.tree, 'ai-spm-tls').open);
    expect(after.encryptedData).toEqual({
      'tls.key': before.encryptedData['requested-tls.key'],
      'previous-tls.key': before.encryptedData['tls.key'],
    });
    expect(after.open['previous-tls.crt']).toBe(before.open['tls.crt']);
    expect(sealed(done, 'ai-spm-tls').encryptedData).toEqual({ 'tls.key': after.encryptedData['tls.key'] });
    expect(sealed(done, 'ai-spm-tls').open).toEqual({ 'tls.crt': after.open['tls.crt'] });
    expect(after.open['tls.crt']).toContain(root.certificate.trim());
    expect(csr(done, 'ai-spm-tls')).toBe('');
    // Back to the very files of the phase before.
    const back = await stepped(replaced, gatewayTls, { now, direction: 'back' });
    for (const secret of ['platform/ai-spm-tls.yaml', 'ai-spm-tls.csr'])
      expect(back.read(`clusters/prod-eu/${secret}`)).toBe(requested.read(`clusters/prod-eu/${secret}`));
  });

  it('signs itself for a lab, without an answer', async () => {
    const requested = await stepped(first.tree, gatewayTls, { now, inputs: { selfSigned: true } });
    const replaced = await stepped(requested, gatewayTls, { now });
    const done = await stepped(replaced, gatewayTls, { now });
    const own = new X509Certificate(sealed(done, 'ai-spm-tls').open['tls.crt'] ?? '');

    expect(sealed(requested, 'ai-spm-tls').open['tls.crt']).toBe(sealed(first.tree, 'ai-spm-tls').open['tls.crt']);
    expect(own.publicKey.equals(createPublicKey(requestedKey(csr(requested, 'ai-spm-tls'))))).toBe(true);
    expect(own.checkHost('ai-spm.eu.example.com')).toBeDefined();
    expect(Object.keys(sealed(done, 'ai-spm-tls').open)).toEqual(['tls.crt']);
  });

  it.each([
    ['garbage', () => 'garbage'],
    ['RSA that is too short', () => pkcs8(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)],
    ['another curve', () => pkcs8(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey)],
    ['Ed25519', () => pkcs8(generateKeyPairSync('ed25519').privateKey)],
  ])('refuses as a key %s, and does not show it', async (_, make) => {
    const key = make();
    const error = await stepped(first.tree, gatewayTls, { now, inputs: { key } }).catch((thrown) => thrown);

    expect(error).toBeInstanceOf(UserError);
    expect(error.what).toBe('the private key that was given cannot be used');
    expect(JSON.stringify({ ...error, cause: error.cause, stack: error.stack })).not.toContain(
      key.slice(30, 60) || key,
    );
  });

  it('takes a key that somebody has already', async () => {
    const given = await createSelfSigned('ai-spm.eu.example.com', now);
    const requested = await stepped(first.tree, gatewayTls, { now, inputs: { key: given.key } });

    expect(
      createPublicKey(requestedKey(csr(requested, 'ai-spm-tls'))).equals(
        new X509Certificate(given.certificate).publicKey,
      ),
    ).toBe(true);
  });

  it('withdraws to the very files that it began with', async () => {
    const requested = await stepped(first.tree, gatewayTls, { now });
    const back = await stepped(requested, gatewayTls, { now, direction: 'back' });

    for (const path of first.tree.list('clusters/prod-eu')) expect(back.read(path)).toBe(first.tree.read(path));
    expect(back.list('clusters/prod-eu')).toEqual(first.tree.list('clusters/prod-eu'));
  });

  it('does nothing without an answer, or with a wrong one', async () => {
    const requested = await stepped(first.tree, gatewayTls, { now });
    const { certificate } = await createSelfSigned('ai-spm.eu.example.com', now);

    await expect(stepped(requested, gatewayTls, { now })).rejects.toThrow(
      'the certificates of the authority are needed',
    );
    await expect(stepped(requested, gatewayTls, { now, inputs: { chain: certificate } })).rejects.toThrow(
      'cannot be used',
    );
  });

  it('is over when the gateway shows what git has', () => {
    const shown = (chain: string) => {
      const facts = { cluster: 'prod-eu', gatewayCertificates: { value: [{ host: 'a', chain }] } } as ClusterFacts;
      return gatewayShows.check([facts], { tree: first.tree, cluster: 'prod-eu', now });
    };

    expect(shown(sealed(first.tree, 'ai-spm-tls').open['tls.crt'] ?? '')).toEqual([]);
    expect(shown(first.meshRoot.certificate)).toEqual([expect.stringContaining('a shows a certificate that ends')]);
    expect(shown('')).toEqual(['prod-eu: a shows no certificate']);
  });
});

describe('mesh-intermediate', () => {
  it('keeps the bytes of what is trusted, whoever signs', async () => {
    const requested = await stepped(first.tree, meshIntermediate, { now });
    const chain = await sign(csr(requested, 'cacerts'), first.meshRoot, now, { isAuthority: true, days: 300 });
    const outside = await stepped(requested, meshIntermediate, { now, inputs: { chain } });
    const here = await stepped(requested, meshIntermediate, { now: later, inputs: { meshRoot: first.meshRoot } });

    for (const tree of [outside, here]) {
      const authority = readAuthority(tree, 'prod-eu');
      expect(authority?.bundle).toBe(first.meshRoot.certificate);
      expect(authority?.signer.toString()).not.toBe(readAuthority(first.tree, 'prod-eu')?.signer.toString());
      // The key that waited is the one that signs, whoever has answered.
      expect(sealed(tree, 'cacerts').encryptedData['ca-key.pem']).toBe(
        sealed(requested, 'cacerts').encryptedData['requested-ca-key.pem'],
      );
      expect(sealed(tree, 'cacerts').open['cert-chain.pem']).toBe(
        `${authority?.signer.toString()}${first.meshRoot.certificate}`,
      );
      expect(phaseOf(meshIntermediate, tree, 'prod-eu')?.name).toBe('replaced');
    }
  });

  it('ends with the new one alone, or goes back to the very files of the phase before', async () => {
    const requested = await stepped(first.tree, meshIntermediate, { now });
    const replaced = await stepped(requested, meshIntermediate, { now: later, inputs: { meshRoot: first.meshRoot } });
    const back = await stepped(replaced, meshIntermediate, { now, direction: 'back' });
    const done = await stepped(replaced, meshIntermediate, { now });

    expect(sealed(back, 'cacerts')).toEqual(sealed(requested, 'cacerts'));
    expect(csr(back, 'cacerts')).toBe(csr(requested, 'cacerts'));
    expect(Object.keys(sealed(done, 'cacerts').encryptedData)).toEqual(['ca-key.pem']);
    expect(Object.keys(sealed(done, 'cacerts').open)).toEqual(['ca-cert.pem', 'cert-chain.pem', 'root-cert.pem']);
    expect(csr(done, 'cacerts')).toBe('');
  });

  it('refuses one that ends with the old one: no metric could tell them apart', async () => {
    const requested = await stepped(first.tree, meshIntermediate, { now });
    const once = new Date(readAuthority(first.tree, 'prod-eu')?.signer.validTo ?? 0);
    const from = new Date(once.getTime() - 365 * 86_400_000);
    const chain = await sign(csr(requested, 'cacerts'), first.meshRoot, from, { isAuthority: true, days: 365 });

    await expect(stepped(requested, meshIntermediate, { now, inputs: { chain } })).rejects.toThrow(
      'ends in the same second',
    );
  });

  it('refuses an intermediate under another root, and one that may not sign', async () => {
    const requested = await stepped(first.tree, meshIntermediate, { now });
    const [other, server] = [
      await sign(csr(requested, 'cacerts'), await createRoot(now), now, { isAuthority: true }),
      await sign(csr(requested, 'cacerts'), first.meshRoot, now),
    ];

    for (const chain of [other, server])
      await expect(stepped(requested, meshIntermediate, { now, inputs: { chain } })).rejects.toThrow('cannot be used');
    await expect(
      stepped(requested, meshIntermediate, { now, inputs: { meshRoot: await createRoot(now) } }),
    ).rejects.toThrow('is not the same one');
  });
});
