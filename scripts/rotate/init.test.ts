import { createPublicKey } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIntermediate, createRoot, createSealingKey, requestedKey } from '../secrets/certificates.ts';
import { readSealedSecret } from '../secrets/sealed-secret.ts';
import { sign } from '../secrets/testing/outside-authority.ts';
import { unseal } from '../secrets/testing/unseal.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';
import { copyOfRepository, edit } from '../testing/repository-copy.ts';
import { clusterSealingCertificate } from './cluster-sealing-key.ts';
import { isWaiting } from './first-authority.ts';
import { answerInit, initCluster } from './init.ts';
import { meshRoot } from './kinds/mesh-root.ts';
import { type RotationTree, rotationTree, stepped } from './testing/rotation-tree.ts';
import { KEY_NOTE } from './waiting-key.ts';

const now = new Date();
let first: RotationTree;
let other: Awaited<ReturnType<typeof createRoot>>;
beforeAll(async () => {
  first = await rotationTree(now, ['prod-us']);
  other = await createRoot(now);
});

/** A copy of this repository with the clusters of a tree. */
function folderOf(tree: SourceTree): string {
  const folder = copyOfRepository();
  for (const path of tree.list('clusters')) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), tree.read(path) ?? '');
  }
  return folder;
}

describe('rotate init of a member that joins', () => {
  const init = (tree: SourceTree, cluster: string, root = first.meshRoot) => {
    return initCluster(folderOf(tree), cluster, {
      certificate: { pem: first.sealingKey.certificate, origin: 'x' },
      root,
      now,
    });
  };

  it('takes the root that the others trust, and no other one', async () => {
    expect(await init(first.tree, 'prod-eu')).toContain('clusters/prod-eu/platform/cacerts.yaml');
    await expect(init(first.tree, 'prod-eu', other)).rejects.toThrow('is not the one that prod-us trusts');
    // It meets none of them.
    expect(await init(first.tree, 'dev-eu', other)).toContain('clusters/dev-eu/platform/cacerts.yaml');
  });

  it('waits while the root of the mesh is being replaced', async () => {
    const trusted = await stepped(first.tree, meshRoot, { clusters: ['prod-us'], inputs: { meshRoot: other } });

    for (const root of [first.meshRoot, other])
      await expect(init(trusted, 'prod-eu', root)).rejects.toThrow('the root of the mesh is being replaced');
  });
});

describe('rotate init beside a cluster whose record is wrong', () => {
  const record = 'clusters/dev-eu/cluster.yaml';
  const generated = 'clusters/dev-eu/kustomization.yaml';
  const init = (folder: string) =>
    initCluster(folder, 'prod-eu', { certificate: { pem: first.sealingKey.certificate, origin: 'x' }, now });

  it('writes nothing, and leaves the files of the other cluster', async () => {
    const folder = copyOfRepository();
    edit(folder, record, 'region:', 'regoin:');

    await expect(init(folder)).rejects.toThrow('cluster records are not right, nothing was written');
    const tree = openSourceTree(folder);
    expect([tree.kind(generated), tree.kind('clusters/prod-eu/sealing.crt')]).toEqual(['file', 'missing']);
  });

  it('loses nothing that somebody wrote into a generated file', async () => {
    const folder = copyOfRepository();
    edit(folder, generated, 'resources:', 'resources: # mine');

    await expect(init(folder)).rejects.toThrow(`generated files were edited by hand: ${generated}`);
    const tree = openSourceTree(folder);
    expect([tree.read(generated)?.includes('# mine'), tree.kind('clusters/prod-eu/sealing.crt')]).toEqual([
      true,
      'missing',
    ]);
  });
});

describe('rotate init with a root that is held outside', () => {
  const certificate = () => ({ pem: first.sealingKey.certificate, origin: 'x' });
  const asked = async (folder = copyOfRepository(), rsa = false) => {
    const written = await initCluster(folder, 'prod-eu', { certificate: certificate(), request: { rsa }, now });
    const read = (path: string) => openSourceTree(folder).read(`clusters/prod-eu/${path}`) ?? '';
    const take = (chain: string, rootCertificate?: string) =>
      answerInit(folder, 'prod-eu', { chain, ...(rootCertificate ? { rootCertificate } : {}), now });
    const signed = (root = first.meshRoot, days = 90) =>
      sign(read('cacerts.csr'), root, now, { isAuthority: true, days });
    return { folder, written, read, take, signed };
  };

  it('seals the key, deploys nothing of it, and puts it in place with the answer', async () => {
    const { folder, written, read, take, signed } = await asked();
    const [request, waiting] = [read('cacerts.csr'), read('cacerts.yaml')];
    expect(written).toEqual(
      expect.arrayContaining(['cacerts.yaml', 'cacerts.csr'].map((one) => `clusters/prod-eu/${one}`)),
    );
    expect(read('platform/kustomization.yaml') + read('kustomization.yaml')).not.toContain('cacerts');
    // Run again, it keeps what may have been sent.
    expect((await asked(folder)).written).toEqual([]);

    const chain = await signed();
    expect(take(chain, first.meshRoot.certificate)).toContain('clusters/prod-eu/platform/cacerts.yaml');
    const text = read('platform/cacerts.yaml');
    const key = unseal(text, first.sealingKey.key)['ca-key.pem']?.toString() ?? '';
    expect(createPublicKey(key).export({ type: 'spki', format: 'pem' })).toBe(
      createPublicKey(requestedKey(request)).export({ type: 'spki', format: 'pem' }),
    );
    expect(readSealedSecret(text).encryptedData).toEqual(readSealedSecret(waiting).encryptedData);
    expect(readSealedSecret(text).open).toEqual({
      'ca-cert.pem': chain,
      'cert-chain.pem': chain + first.meshRoot.certificate,
      'root-cert.pem': first.meshRoot.certificate,
    });
    expect(read('platform/kustomization.yaml')).toContain('cacerts.yaml');
    expect([read('cacerts.csr'), read('cacerts.yaml')]).toEqual(['', '']);
    expect(() => take(chain)).toThrow('prod-eu has its authority already');
    expect((await asked(folder)).written).toEqual([]);
    // As after a command that was killed before its end.
    writeFileSync(join(folder, 'clusters/prod-eu/cacerts.yaml'), waiting);
    expect([take(chain), read('cacerts.yaml')]).toEqual([[], '']);
  }, 60_000);

  it('refuses an answer that would cut the cluster off, and keeps waiting', async () => {
    const { folder, read, take, signed } = await asked();
    const { meshRoot: root } = first;
    const request = read('cacerts.csr');
    const refused = (message: string, chain: string, rootCertificate?: string) =>
      expect(() => take(chain, rootCertificate)).toThrow(message);
    const chain = await signed();

    refused('the certificate of the root is needed', chain);
    // --mesh-root goes with no --chain.
    expect(() => take(chain)).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ fix: expect.not.stringContaining('--mesh-root') }),
      }),
    );
    refused('the certificate of the root is needed', chain, await signed());
    refused('cannot be used', chain, other.certificate);
    refused('cannot be used', await sign(request, root, now), root.certificate);
    refused('cannot be used', await signed(root, 3), root.certificate);
    refused('cannot be used', (await createIntermediate(root, 'prod-eu', now)).certificate, root.certificate);
    expect(read('cacerts.csr')).toBe(request);
    // Its key was replaced meanwhile, and nothing said that the older one is needed.
    writeFileSync(join(folder, 'clusters/prod-eu/sealing.crt'), (await createSealingKey(now)).certificate);
    refused('is sealed to another certificate', chain, root.certificate);
  }, 60_000);

  it('asks anew where a command was killed between the key and its request', async () => {
    const { folder, read, take, signed } = await asked();
    const old = read('cacerts.csr');
    const chain = await signed();
    // As who replaces the sealing key is told to, and then the next command ends before it writes its request.
    rmSync(join(folder, 'clusters/prod-eu/cacerts.yaml'));
    await asked(folder);
    writeFileSync(join(folder, 'clusters/prod-eu/cacerts.csr'), old);
    const { meshRoot: root } = first;
    expect(isWaiting(openSourceTree(folder), 'prod-eu')).toBe(false);
    expect(() => take(chain, root.certificate)).toThrow('is not the one that clusters/prod-eu/cacerts.csr asks for');
    writeFileSync(join(folder, 'clusters/prod-eu/cacerts.csr'), 'no request');
    expect(() => take(chain, root.certificate)).toThrow('is not the one that clusters/prod-eu/cacerts.csr asks for');

    expect((await asked(folder)).written).toEqual(['clusters/prod-eu/cacerts.yaml', 'clusters/prod-eu/cacerts.csr']);
    expect(isWaiting(openSourceTree(folder), 'prod-eu')).toBe(true);
    expect(take(await signed(), root.certificate)).toContain('clusters/prod-eu/platform/cacerts.yaml');
    expect(read('platform/cacerts.yaml')).not.toContain(KEY_NOTE);
  }, 60_000);

  it('takes the root of the other members, and no other one', async () => {
    const { take, signed } = await asked(folderOf(first.tree));

    const chain = await signed();
    expect(() => take(chain, other.certificate)).toThrow('is not the one that prod-us trusts');
    expect(() => take(chain, 'hello')).toThrow('cannot be used');
    expect(take(chain)).toContain('clusters/prod-eu/platform/cacerts.yaml');
  }, 60_000);

  it('asks with a key of RSA where that is wanted', async () => {
    const { read } = await asked(undefined, true);

    expect(createPublicKey(requestedKey(read('cacerts.csr'))).asymmetricKeyDetails?.modulusLength).toBe(4096);
  }, 60_000);

  it('forgets the request where the root is here after all', async () => {
    const { folder, read } = await asked();
    await initCluster(folder, 'prod-eu', { certificate: certificate(), root: first.meshRoot, now });

    expect(read('platform/cacerts.yaml')).toContain('BEGIN CERTIFICATE');
    expect([read('cacerts.csr'), read('cacerts.yaml')]).toEqual(['', '']);
  }, 60_000);

  it('has nothing to answer where nothing was asked', () => {
    const take = () => answerInit(copyOfRepository(), 'prod-eu', { chain: 'x', now });

    expect(take).toThrow('no request of prod-eu waits for an answer');
  });
});

describe('the certificate that first secrets are sealed to', () => {
  it('is the newest of the controller, or that of before as long as it has the key', async () => {
    const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
    const [old, newest, gone] = await Promise.all(
      [0, 1, 2].map(async (days) => (await createRoot(later(days))).certificate),
    );
    const items = [old, newest].map((pem) => ({ data: { 'tls.crt': Buffer.from(pem ?? '').toString('base64') } }));
    const connection = { core: { listNamespacedSecret: async () => ({ items }) } } as never;

    expect(await clusterSealingCertificate(connection, now)).toBe(newest);
    expect(await clusterSealingCertificate(connection, now, old)).toBe(old);
    expect(await clusterSealingCertificate(connection, now, gone)).toBe(newest);
  });
});
