import { AuthenticationV1Api, CoreV1Api, KubeConfig, type V1Secret } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import { unseal } from '../../secrets/testing/unseal.ts';
import { runProcess } from '../../system/run-process.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { type Connection, connect } from '../../verify/connection.ts';
import { READER, tokenPath, tokensOf } from '../account-token.ts';
import { phaseOf } from '../engine.ts';
import { accountTokens } from '../facts/account-tokens.ts';
import type { ClusterFacts } from '../facts/facts.ts';
import { liveInputs } from '../facts/live-secrets.ts';
import { onlyTokensOfGit, tokenIsFilled, tokenIsUsed } from '../gates/account-tokens.ts';
import { type ApiServer, startApiServer, until } from '../testing/api-server.ts';
import { type RotationTree, rotationTree, stepped } from '../testing/rotation-tree.ts';
import { remoteSecret } from './remote-secret.ts';

const now = new Date();
const { namespace } = READER;
let server: ApiServer;
let cluster: Connection;
let first: RotationTree;
beforeAll(async () => {
  server = await startApiServer();
  cluster = connect('test', server.kubeconfig);
  first = await rotationTree(now, ['prod-eu', 'prod-us']);
  await cluster.core.createNamespace({ body: { metadata: { name: namespace } } });
  await cluster.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: READER.name } } });
}, 3_600_000);
afterAll(() => server?.stop());

/** What Argo CD does: the token Secrets of git are in the cluster, and no others of its own. */
async function sync(tree: SourceTree): Promise<void> {
  const wanted = tokensOf(tree, 'prod-eu', READER);
  const { items } = await cluster.core.listNamespacedSecret({ namespace });
  const present = items.map(({ metadata }) => metadata?.name ?? '');
  for (const name of wanted.filter((one) => !present.includes(one))) {
    const body = parse(tree.read(tokenPath('prod-eu', name)) ?? '') as V1Secret;
    await cluster.core.createNamespacedSecret({ namespace, body });
  }
  for (const name of present.filter((one) => !wanted.includes(one)))
    await cluster.core.deleteNamespacedSecret({ namespace, name });
}

async function takeStep(tree: SourceTree): Promise<SourceTree> {
  const { forward } = phaseOf(remoteSecret, tree, 'prod-eu') ?? {};
  const names = forward?.takesLive?.(tree, 'prod-eu');
  const inputs = names ? { live: { 'prod-eu': await liveInputs(cluster, names) } } : {};
  const next = await stepped(tree, remoteSecret, { inputs });
  await sync(next);
  return next;
}

/** The client that the istiod of the peer makes itself. */
function peer(tree: SourceTree): KubeConfig {
  const sealed = tree.read('clusters/prod-us/platform/istio-remote-secret-prod-eu.yaml') ?? '';
  const config = new KubeConfig();
  config.loadFromString(String(unseal(sealed, first.sealingKey.key)['prod-eu']));
  // The record cannot name an address of this machine.
  config.clusters = config.clusters.map((one) => ({ ...one, server: server.address }));
  return config;
}

async function whoAmI(config: KubeConfig): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  return config
    .makeApiClient(AuthenticationV1Api)
    .createSelfSubjectReview({ body })
    .then(
      ({ status }) => status?.userInfo?.username ?? '',
      ({ code }: { code: number }) => String(code),
    );
}

async function closed(gate: ReturnType<typeof tokenIsFilled>, tree: SourceTree): Promise<string[]> {
  const facts = { cluster: 'prod-eu', accountTokens: { value: await accountTokens(cluster) } } as ClusterFacts;
  return gate.check([facts], { tree, cluster: 'prod-eu', now });
}
const opens = (gate: ReturnType<typeof tokenIsFilled>, tree: SourceTree) =>
  until(gate.wants, async () => (await closed(gate, tree)).length === 0);

it('a real cluster makes the tokens, lets peers in with the newest, and refuses the one that is dropped', async () => {
  const reader = `system:serviceaccount:${namespace}:${READER.name}`;
  const [filled, used, revoked] = [tokenIsFilled(READER), tokenIsUsed(READER, 'the peers'), onlyTokensOfGit(READER)];
  let tree = await takeStep(first.tree);
  await opens(filled, tree);
  tree = await takeStep(tree);
  const old = peer(tree);
  expect(await closed(used, tree)).toEqual([
    'prod-eu: nobody has used the token of istio-system/istio-reader-token-2 yet',
  ]);
  expect(await whoAmI(old)).toBe(reader);
  await opens(used, tree);
  tree = await takeStep(tree);

  tree = await takeStep(tree);
  await opens(filled, tree);
  tree = await takeStep(tree);
  const renewed = peer(tree);
  expect(renewed.getCurrentUser()?.token).not.toBe(old.getCurrentUser()?.token);
  expect([await whoAmI(old), await whoAmI(renewed)]).toEqual([reader, reader]);
  await opens(used, tree);
  const before = tree;
  tree = await stepped(tree, remoteSecret);
  expect(await closed(revoked, tree)).toEqual([
    'prod-eu: the token of istio-system/istio-reader-token-2 is valid: delete that Secret in the cluster',
  ]);
  await sync(tree);
  await opens(revoked, tree);
  // The API server remembers for ten seconds whom it has let in.
  await until('the old token is refused', async () => (await whoAmI(old)) === '401');
  expect(await whoAmI(peer(before))).toBe(reader);
  // It is let in and may do what the role of the account says: here, nothing.
  await expect(renewed.makeApiClient(CoreV1Api).listNode()).rejects.toMatchObject({ code: 403 });
}, 300_000);

it('a remote secret is what `istioctl create-remote-secret` makes of the same token', async () => {
  let tree = await takeStep(first.tree);
  await opens(tokenIsFilled(READER), tree);
  tree = await takeStep(tree);
  const [token = ''] = tokensOf(tree, 'prod-eu', READER);
  const sealed = tree.read('clusters/prod-us/platform/istio-remote-secret-prod-eu.yaml') ?? '';
  const { namespace: place, name, labels, annotations } = readSealedSecret(sealed);
  const address = 'https://k8s.eu.example.com';
  const args = ['create-remote-secret', '--name', 'prod-eu', '--secret-name', token, '--server', address];
  const { code, stdout, stderr } = await runProcess('istioctl', [...args, '--kubeconfig', server.kubeconfig]);
  expect([code, stderr]).toEqual([0, '']);
  const theirs = parseAllDocuments(stdout)[0]?.toJS();

  expect({ namespace: place, name, labels, annotations }).toEqual(theirs.metadata);
  const ours = unseal(sealed, first.sealingKey.key);
  expect(Object.keys(ours)).toEqual(Object.keys(theirs.stringData));
  const { preferences: _, ...wanted } = parse(theirs.stringData['prod-eu']);
  expect(parse(String(ours['prod-eu']))).toEqual(wanted);
}, 120_000);
