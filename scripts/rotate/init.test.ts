import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRoot } from '../secrets/certificates.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { copyOfRepository } from '../testing/repository-copy.ts';
import { clusterSealingCertificate } from './cluster-sealing-key.ts';
import { initCluster } from './init.ts';
import { meshRoot } from './kinds/mesh-root.ts';
import { type RotationTree, rotationTree, stepped } from './testing/rotation-tree.ts';

const now = new Date();
let first: RotationTree;
let other: Awaited<ReturnType<typeof createRoot>>;
beforeAll(async () => {
  first = await rotationTree(now, ['prod-us']);
  other = await createRoot(now);
});

describe('rotate init of a member that joins', () => {
  const init = (tree: SourceTree, cluster: string, root = first.meshRoot) => {
    const folder = copyOfRepository();
    for (const path of tree.list('clusters')) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), tree.read(path) ?? '');
    }
    return initCluster(folder, cluster, { certificate: { pem: first.sealingKey.certificate, origin: 'x' }, root, now });
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
