import { KubeConfig } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSealingKey } from '../../secrets/certificates.ts';
import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import { unseal } from '../../secrets/testing/unseal.ts';
import { overlayTree, type SourceTree } from '../../system/source-tree.ts';
import { phaseOf } from '../engine.ts';
import { ciphertextDigest } from '../facts/ciphertext.ts';
import type { ClusterFacts } from '../facts/facts.ts';
import { readRotationFile } from '../rotation-file.ts';
import { sealedFiles } from '../sealed-files.ts';
import { liveTokens, tokenFor } from '../testing/live-tokens.ts';
import { type RotationTree, rotationTree, type StepOptions, stepped } from '../testing/rotation-tree.ts';
import { remoteSecret } from './remote-secret.ts';

const CLUSTERS = ['prod-eu', 'prod-us', 'prod-ap'];
const now = new Date();
const phase = (tree: SourceTree, cluster = 'prod-eu') => phaseOf(remoteSecret, tree, cluster)?.name;
const path = (peer: string, cluster = 'prod-eu') => `clusters/${peer}/platform/istio-remote-secret-${cluster}.yaml`;
const tokens = (tree: SourceTree, cluster = 'prod-eu') =>
  tree
    .list(`clusters/${cluster}/platform`)
    .flatMap((file) => /istio-reader-token-(\d+)\.yaml$/.exec(file)?.[1] ?? [])
    .join(' ');

let first: RotationTree;
/** The trees of two whole rotations of prod-eu, in order. */
let trees: SourceTree[];
beforeAll(async () => {
  first = await rotationTree(now, CLUSTERS);
  trees = [first.tree];
  for (let index = 0; index < 6; index++) trees.push(await step(trees.at(-1) as SourceTree));
});

function step(tree: SourceTree, options: StepOptions = {}): Promise<SourceTree> {
  const inputs = liveTokens(tree, options.clusters ?? ['prod-eu'], first.meshRoot.certificate);
  return stepped(tree, remoteSecret, { inputs, ...options });
}

/** What a peer's istiod gets. */
function kubeconfig(tree: SourceTree, peer = 'prod-us', cluster = 'prod-eu'): string {
  return unseal(tree.read(path(peer, cluster)) ?? '', first.sealingKey.key)[cluster]?.toString('utf8') ?? '';
}
const carried = (tree: SourceTree, peer = 'prod-us') =>
  parse(kubeconfig(tree, peer)).users[0].user.token === tokenFor('prod-eu', 'istio-reader-token-2') ? 2 : 3;

describe('remote-secret', () => {
  it('leads a new federation to its first tokens, and later from one token to the next', () => {
    const state = (tree: SourceTree) => [phase(tree), tokens(tree), tree.read(path('prod-us')) ? carried(tree) : '-'];
    expect(trees.map(state)).toEqual([
      ['standby', '', '-'],
      ['issued', '2', '-'],
      ['published', '2', 2],
      ['standby', '2', 2],
      ['issued', '2 3', 2],
      ['published', '2 3', 3],
      ['standby', '3', 3],
    ]);
    // The others do not move.
    expect(trees.map((tree) => phase(tree, 'prod-us'))).toEqual(trees.map(() => 'standby'));
  });

  it('gives each peer a Secret that istiod takes for a remote cluster', () => {
    for (const peer of ['prod-us', 'prod-ap']) {
      const sealed = readSealedSecret(trees[2]?.read(path(peer)) ?? '');
      expect(sealed).toMatchObject({
        namespace: 'istio-system',
        name: 'istio-remote-secret-prod-eu',
        labels: { 'istio/multiCluster': 'true' },
        annotations: { 'networking.istio.io/cluster': 'prod-eu' },
      });
      // istiod takes every key for a cluster.
      expect(Object.keys(sealed.encryptedData)).toEqual(['prod-eu']);
      expect(sealed.open).toEqual({});
    }
    expect(trees[2]?.read(path('prod-eu'))).toBeUndefined();
    expect(trees[2]?.read('clusters/prod-us/platform/kustomization.yaml')).toContain(
      'istio-remote-secret-prod-eu.yaml',
    );
  });

  it('the kubeconfig leads a client to the cluster, with its token and no more', () => {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig(trees[2] as SourceTree));

    expect(config.getCurrentContext()).toBe('prod-eu');
    expect(config.getCurrentCluster()).toMatchObject({
      server: 'https://k8s.eu.example.com',
      caData: Buffer.from(first.meshRoot.certificate).toString('base64'),
      skipTLSVerify: false,
    });
    expect(config.getCurrentUser()).toEqual({ name: 'prod-eu', token: tokenFor('prod-eu', 'istio-reader-token-2') });
  });

  it('is sealed to the key of the peer, not of the cluster that it leads to', async () => {
    const own = await createSealingKey(now);
    const issued = overlayTree(trees[1] as SourceTree, { 'clusters/prod-us/sealing.crt': own.certificate });
    const published = await step(issued);
    const [us, ap] = [published.read(path('prod-us')) ?? '', published.read(path('prod-ap')) ?? ''];

    expect(Object.keys(unseal(us, own.key))).toEqual(['prod-eu']);
    expect(() => unseal(us, first.sealingKey.key)).toThrow();
    expect(Object.keys(unseal(ap, first.sealingKey.key))).toEqual(['prod-eu']);
  });

  it('asks for a token by a Secret that is empty', () => {
    expect(parse(trees[1]?.read('clusters/prod-eu/platform/istio-reader-token-2.yaml') ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'istio-reader-token-2',
        namespace: 'istio-system',
        annotations: { 'kubernetes.io/service-account.name': 'istio-reader-service-account' },
      },
      type: 'kubernetes.io/service-account-token',
    });
  });

  it.each([
    [1, 'standby', '', undefined],
    [2, 'issued', '2', undefined],
    [4, 'standby', '2', 2],
    [5, 'issued', '2 3', 2],
  ])('goes back from phase %i', async (index, name, left, token) => {
    const back = await step(trees[index] as SourceTree, { direction: 'back' });

    expect([phase(back), tokens(back)]).toEqual([name, left]);
    if (token) expect(carried(back)).toBe(token);
    else expect(back.read(path('prod-us'))).toBeUndefined();
  });

  it('gives no name of a token twice: one that was taken back may still be on its way', async () => {
    const again = await step(await step(trees[4] as SourceTree, { direction: 'back' }));

    expect(tokens(again)).toBe('2 4');
    expect(readRotationFile(again, 'prod-eu').highest).toBe(4);
  });

  it('takes the step in all members at once', async () => {
    let tree = first.tree;
    for (let index = 0; index < 3; index++) tree = await step(tree, { clusters: CLUSTERS });

    expect(CLUSTERS.map((cluster) => phase(tree, cluster))).toEqual(['standby', 'standby', 'standby']);
    const files = tree.list('clusters').filter((file) => file.includes('istio-remote-secret'));
    expect(files).toHaveLength(6);
    expect(parse(kubeconfig(tree, 'prod-eu', 'prod-ap')).clusters[0].cluster.server).toBe('https://k8s.ap.example.com');
  });

  it('a member that joins is given the others with their next rotation', async () => {
    const early = await rotationTree(now, CLUSTERS.slice(0, 2));
    const inputs = (tree: SourceTree) => liveTokens(tree, ['prod-eu'], early.meshRoot.certificate);
    let tree = early.tree;
    for (let index = 0; index < 3; index++) tree = await stepped(tree, remoteSecret, { inputs: inputs(tree) });
    const joined = overlayTree(tree, { 'clusters/prod-ap/sealing.crt': early.sealingKey.certificate });
    expect([phase(joined), joined.kind(path('prod-ap'))]).toEqual(['standby', 'missing']);
    const issued = await stepped(joined, remoteSecret);
    const published = await stepped(issued, remoteSecret, { inputs: inputs(issued) });

    expect([phase(published), published.kind(path('prod-ap'))]).toEqual(['published', 'file']);
  });

  it('is nothing for a cluster without peers', async () => {
    expect(phase(first.tree, 'dev-eu')).toBeUndefined();
    expect(phase((await rotationTree(now, ['prod-eu'])).tree)).toBeUndefined();
  });

  const record = 'clusters/prod-eu/cluster.yaml';
  const token = (number: number) => `clusters/prod-eu/platform/istio-reader-token-${number}.yaml`;
  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a record without an address',
      () => step(overlayTree(first.tree, { [record]: (first.tree.read(record) ?? '').replace(/apiServer.*\n/, '') })),
      'the record of prod-eu does not say where its API server is',
    ],
    ['to publish what was read nowhere', () => step(trees[1] as SourceTree, { inputs: {} }), 'nothing was read from'],
    [
      'to publish a token of another cluster',
      () => step(trees[1] as SourceTree, { inputs: liveTokens(trees[1] as SourceTree, ['prod-us'], '') }),
      'nothing was read from cluster prod-eu',
    ],
    [
      'to publish a token that is not made yet',
      () => step(trees[1] as SourceTree, { inputs: { live: { 'prod-eu': { secrets: {} } } } }),
      'istio-system/istio-reader-token-2 of prod-eu holds no token yet',
    ],
    [
      'peers with a token that git does not have',
      async () => phase(overlayTree(trees[5] as SourceTree, { [token(3)]: undefined })),
      'they have a token that it has no Secret for: istio-reader-token-3',
    ],
    [
      'peers with different tokens',
      async () => phase(overlayTree(trees[5] as SourceTree, { [path('prod-ap')]: trees[4]?.read(path('prod-ap')) })),
      'some of the other members have one token, some the other',
    ],
    [
      'three tokens',
      async () => phase(overlayTree(trees[5] as SourceTree, { [token(4)]: 'kind: Secret\n' })),
      'there are 3 tokens',
    ],
  ])('refuses %s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message.replace('they have', 'the other members have'));
  });

  it('names the place in the record where the address is missing', async () => {
    const tree = overlayTree(first.tree, { [record]: (first.tree.read(record) ?? '').replace(/apiServer.*\n/, '') });

    await expect(step(tree)).rejects.toMatchObject({ details: { source: { file: record, line: 2, column: 7 } } });
  });
});

/** What would be collected where every cluster has followed. */
function following(tree: SourceTree): ClusterFacts[] {
  return CLUSTERS.map((cluster) => {
    const sealed = sealedFiles(tree, cluster).map((one) => one.sealed);
    const read = sealed.flatMap(({ annotations }) => annotations?.['networking.istio.io/cluster'] ?? []);
    const replicas = ['istiod-1', 'istiod-2'];
    return {
      cluster,
      sealedSecrets: {
        value: sealed.map((one) => ({ ...one, opened: true, ciphertext: ciphertextDigest(one) })),
      },
      istiods: { value: replicas.map((pod) => ({ pod, ready: true, signerEnd: 0, rootEnd: 0 })) },
      remoteClusters: {
        value: read.flatMap((one) => replicas.map((istiod) => ({ cluster: one, state: 'synced', istiod }))),
      },
      accountTokens: {
        value: tokens(tree, cluster)
          .split(' ')
          .filter((number) => number !== '')
          .map((number) => ({
            ...{ namespace: 'istio-system', account: 'istio-reader-service-account' },
            ...{ name: `istio-reader-token-${number}`, filled: true, lastUsed: '2026-11-25' },
          })),
      },
    } as unknown as ClusterFacts;
  });
}

type Change = (facts: ClusterFacts) => Partial<ClusterFacts>;
const tokensOf = (facts: ClusterFacts) => ('value' in facts.accountTokens ? facts.accountTokens.value : []);
const sealedOf = (facts: ClusterFacts) => ('value' in facts.sealedSecrets ? facts.sealedSecrets.value : []);
const remotesOf = (facts: ClusterFacts) => ('value' in facts.remoteClusters ? facts.remoteClusters.value : []);

describe('gates of remote-secret', () => {
  const check = (tree: SourceTree, facts: ClusterFacts[], direction: 'forward' | 'back' = 'forward') => {
    const at = phaseOf(remoteSecret, tree, 'prod-eu');
    return (at?.[direction]?.gates ?? []).flatMap((gate) => gate.check(facts, { tree, cluster: 'prod-eu', now }));
  };
  const changed = (tree: SourceTree, cluster: string, change: Change) =>
    following(tree).map((facts) => (facts.cluster === cluster ? { ...facts, ...change(facts) } : facts));

  it('are open where every cluster has followed, in each phase', () => {
    for (const tree of trees) {
      expect(check(tree, following(tree))).toEqual([]);
      expect(check(tree, following(tree), 'back')).toEqual([]);
    }
  });

  const without =
    (name: string): Change =>
    (facts) => ({
      accountTokens: { value: tokensOf(facts).filter((one) => one.name !== name) },
    });
  it.each<[string, number, string, Change, RegExp]>([
    [
      'the old token is still there',
      6,
      'prod-eu',
      () => following(trees[5] as SourceTree)[0] as ClusterFacts,
      /token-2 is valid/,
    ],
    ['the new token is not there', 4, 'prod-eu', without('istio-reader-token-3'), /token-3 is not there yet/],
    [
      'the new token is not filled',
      4,
      'prod-eu',
      (facts) => ({ accountTokens: { value: tokensOf(facts).map((one) => ({ ...one, filled: false })) } }),
      /token-3 holds no token yet/,
    ],
    [
      'nobody has used the new token',
      5,
      'prod-eu',
      (facts) => ({ accountTokens: { value: tokensOf(facts).map(({ lastUsed: _, ...one }) => one) } }),
      /nobody has used .*token-3/,
    ],
    [
      'a peer has the version of before',
      5,
      'prod-ap',
      () => ({ sealedSecrets: following(trees[4] as SourceTree)[2]?.sealedSecrets as never }),
      /prod-ap: .*istio-remote-secret-prod-eu is not the version of git/,
    ],
    [
      'a peer has not opened it',
      5,
      'prod-us',
      (facts) => ({ sealedSecrets: { value: sealedOf(facts).map((one) => ({ ...one, opened: false })) } }),
      /prod-us: .* has not been opened/,
    ],
    [
      'one replica of a peer cannot read the cluster',
      5,
      'prod-us',
      (facts) => ({
        remoteClusters: {
          value: remotesOf(facts).map((one) => (one.istiod === 'istiod-2' ? { ...one, state: 'timeout' } : one)),
        },
      }),
      /prod-us: istiod-2 does not read prod-eu: timeout/,
    ],
    [
      'one replica of a peer does not know the cluster',
      5,
      'prod-us',
      (facts) => ({ remoteClusters: { value: remotesOf(facts).filter((one) => one.istiod !== 'istiod-2') } }),
      /istiod-2 does not read prod-eu: it has no remote secret of it/,
    ],
    ['a peer cannot be looked at', 5, 'prod-us', () => ({ remoteClusters: { unreadable: 'x' } }), /cannot be read: x/],
  ])('are closed where %s', (_, index, cluster, change, reason) => {
    const tree = trees[index] as SourceTree;

    expect(check(tree, changed(tree, cluster, change)).join('\n')).toMatch(reason);
  });

  it('want nothing of tokens made by hand before git has one, and name them from then on', () => {
    const byHand: Change = (facts) => ({
      accountTokens: { value: [...tokensOf(facts), { ...BY_HAND, name: 'by-hand', filled: true }] },
    });
    const [none, , , one] = trees as [SourceTree, SourceTree, SourceTree, SourceTree];

    expect(check(none, changed(none, 'prod-eu', byHand))).toEqual([]);
    expect(check(one, changed(one, 'prod-eu', byHand)).join()).toContain('istio-system/by-hand is valid: delete');
  });

  it('a token is not dropped while peers have it: a step that was taken back may not have arrived', () => {
    const [tree, published] = [trees[4], trees[5]] as [SourceTree, SourceTree];

    expect(check(tree, following(published), 'back').join('\n')).toContain('is not the version of git');
    const [issued, given] = [trees[1], trees[2]] as [SourceTree, SourceTree];
    expect(check(issued, following(given), 'back').join('\n')).toContain('istio-remote-secret-prod-eu is still there');
  });
});

const BY_HAND = { namespace: 'istio-system', account: 'istio-reader-service-account' };
