import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSealingKey } from '../../secrets/certificates.ts';
import { findKubeseal, openSealed } from '../../secrets/testing/kubeseal.ts';
import { overlayTree } from '../../system/source-tree.ts';
import { registrationPath } from '../registration.ts';
import { liveTokens, tokenFor } from '../testing/live-tokens.ts';
import { type RotationTree, rotationTree, stepped } from '../testing/rotation-tree.ts';
import { argocdCluster } from './argocd-cluster.ts';
import { remoteSecret } from './remote-secret.ts';

/** What upstream's own code makes of what is published: its controller renders the templates in the same way. */
let kubeseal: string;
let first: RotationTree;
beforeAll(async () => {
  kubeseal = await findKubeseal();
  first = await rotationTree(new Date(), ['prod-eu', 'prod-us']);
}, 3_600_000);

it('kubeseal opens a remote secret with the key of the peer', async () => {
  const issued = await stepped(first.tree, remoteSecret);
  const inputs = liveTokens(issued, ['prod-eu'], first.meshRoot.certificate);
  const published = await stepped(issued, remoteSecret, { inputs });
  const sealed = published.read('clusters/prod-us/platform/istio-remote-secret-prod-eu.yaml') ?? '';
  const opened = (await openSealed(kubeseal, first.sealingKey.key, sealed)) as Record<string, Buffer>;

  expect(Object.keys(opened)).toEqual(['prod-eu']);
  expect(parse(opened['prod-eu']?.toString('utf8') ?? '')).toMatchObject({
    'current-context': 'prod-eu',
    users: [{ user: { token: tokenFor('prod-eu', 'istio-reader-token-2') } }],
  });
});

it('kubeseal makes of a registration the JSON that Argo CD reads, with the key of the cluster of Argo CD alone', async () => {
  const management = await createSealingKey(new Date());
  const tree = overlayTree(first.tree, { 'argocd/registrations/sealing.crt': management.certificate });
  const issued = await stepped(tree, argocdCluster);
  const inputs = liveTokens(issued, ['prod-eu'], first.meshRoot.certificate);
  const published = await stepped(issued, argocdCluster, { inputs });
  const sealed = published.read(registrationPath('prod-eu')) ?? '';
  const opened = (await openSealed(kubeseal, management.key, sealed)) as Record<string, Buffer>;

  expect([opened['name'], opened['server']].map(String)).toEqual(['prod-eu', 'https://k8s.eu.example.com']);
  expect(JSON.parse(String(opened['config']))).toEqual({
    bearerToken: tokenFor('prod-eu', 'argocd-manager-token-2'),
    tlsClientConfig: { caData: Buffer.from(first.meshRoot.certificate).toString('base64') },
  });
  expect(await openSealed(kubeseal, first.sealingKey.key, sealed)).toContain('no key could decrypt');
});
