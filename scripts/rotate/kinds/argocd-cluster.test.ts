import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { planGeneration } from '../../generate/plan.ts';
import { loadRecords } from '../../records/load-records.ts';
import { createSealingKey, type KeyPair } from '../../secrets/certificates.ts';
import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import { unseal } from '../../secrets/testing/unseal.ts';
import { overlayTree, type SourceTree } from '../../system/source-tree.ts';
import { copyOfRepository, runCli } from '../../testing/repository-copy.ts';
import { phaseOf } from '../engine.ts';
import type { ClusterFacts } from '../facts/facts.ts';
import { liveTokens, tokenFor } from '../testing/live-tokens.ts';
import { rotationTree, type StepOptions, stepped } from '../testing/rotation-tree.ts';
import { argocdCluster } from './argocd-cluster.ts';

const now = new Date();
const PATH = 'argocd/registrations/prod-eu.yaml';
const KUSTOMIZATION = 'argocd/registrations/kustomization.yaml';
const phase = (tree: SourceTree) => phaseOf(argocdCluster, tree, 'prod-eu')?.name;
const tokens = (tree: SourceTree) =>
  tree
    .list('clusters/prod-eu/platform')
    .flatMap((file) => /argocd-manager-token-(\d+)\.yaml$/.exec(file)?.[1] ?? [])
    .join(' ');

let management: KeyPair;
/** The trees of two whole rotations, in order. */
let trees: SourceTree[];
beforeAll(async () => {
  management = await createSealingKey(now);
  const { tree } = await rotationTree(now);
  trees = [overlayTree(tree, { 'argocd/registrations/sealing.crt': management.certificate })];
  for (let index = 0; index < 6; index++) trees.push(await step(trees.at(-1) as SourceTree));
});

function step(tree: SourceTree, options: StepOptions = {}): Promise<SourceTree> {
  const inputs = liveTokens(tree, options.clusters ?? ['prod-eu'], management.certificate);
  return stepped(tree, argocdCluster, { inputs, ...options });
}
const carried = (tree: SourceTree) => {
  const token = unseal(tree.read(PATH) ?? '', management.key)['token']?.toString('utf8');
  return [2, 3].find((number) => token === tokenFor('prod-eu', `argocd-manager-token-${number}`));
};

describe('argocd-cluster', () => {
  it('registers a cluster, and later leads from one token to the next', () => {
    const state = (tree: SourceTree) => [phase(tree), tokens(tree), tree.read(PATH) ? carried(tree) : '-'];
    expect(trees.map(state)).toEqual([
      ['standby', '', '-'],
      ['issued', '2', '-'],
      ['published', '2', 2],
      ['standby', '2', 2],
      ['issued', '2 3', 2],
      ['published', '2 3', 3],
      ['standby', '3', 3],
    ]);
  });

  it('makes the Secret that Argo CD reads: all of the record, and a token that only its cluster opens', () => {
    const sealed = readSealedSecret(trees[2]?.read(PATH) ?? '');

    expect(sealed).toMatchObject({ namespace: 'argocd', name: 'cluster-prod-eu' });
    expect(sealed.labels).toEqual({
      'argocd.argoproj.io/secret-type': 'cluster',
      'ai-spm.io/network': 'network-eu',
      'ai-spm.io/overlay': 'federation',
      'ai-spm.io/region': 'eu-west-1',
      'ai-spm.io/ring': 'first',
    });
    const { config, ...others } = sealed.open;
    expect(others).toEqual({ name: 'prod-eu', server: 'https://k8s.eu.example.com' });
    expect(JSON.parse(config ?? '')).toEqual({
      bearerToken: '{{ .token }}',
      tlsClientConfig: { caData: Buffer.from(management.certificate).toString('base64') },
    });
    expect(Object.keys(sealed.encryptedData)).toEqual(['token']);
  });

  it('lists it where Argo CD reads, beside what is listed already', () => {
    const resources = (tree: SourceTree | undefined, path: string) => parse(tree?.read(path) ?? '').resources;
    expect(resources(trees[2], KUSTOMIZATION)).toEqual(['prod-eu.yaml']);
    expect(resources(trees[2], 'argocd/kustomization.yaml')).toEqual([
      ...resources(trees[0], 'argocd/kustomization.yaml'),
      'registrations',
    ]);
    // Not once more.
    expect(trees[5]?.read('argocd/kustomization.yaml')).toBe(trees[2]?.read('argocd/kustomization.yaml'));
    expect(trees[5]?.read(KUSTOMIZATION)).toBe(trees[2]?.read(KUSTOMIZATION));
  });

  it('the cluster gets the account with the token, and only then', () => {
    const resources = (tree: SourceTree | undefined) =>
      parse(tree?.read('clusters/prod-eu/platform/kustomization.yaml') ?? '').resources;
    expect(resources(trees[0])).not.toContain('../../../argocd/access');
    expect(resources(trees[1])).toEqual(
      expect.arrayContaining(['../../../argocd/access', 'argocd-manager-token-2.yaml']),
    );
  });

  it('follows the record: `npm run generate` writes what it says, and leaves the token', () => {
    const [tree, record] = [trees[3] as SourceTree, 'clusters/prod-eu/cluster.yaml'];
    const moved = (tree.read(record) ?? '').replace('ring: first', 'ring: rest').replace('k8s.eu', 'k8s-2.eu');
    const changed = overlayTree(tree, { [record]: moved });
    const plan = planGeneration(changed, loadRecords(changed));
    const after = overlayTree(changed, plan.writes);

    expect(plan.edited).toEqual([]);
    expect(readSealedSecret(after.read(PATH) ?? '')).toMatchObject({
      labels: { 'ai-spm.io/ring': 'rest' },
      open: { server: 'https://k8s-2.eu.example.com' },
    });
    expect(carried(after)).toBe(2);
    expect([...planGeneration(tree, loadRecords(tree)).writes]).toEqual([]);
  });

  it.each([
    [1, 'standby', ''],
    [2, 'issued', '2'],
    [4, 'standby', '2'],
    [5, 'issued', '2 3'],
  ])('goes back from phase %i', async (index, name, left) => {
    const before = trees[index] as SourceTree;
    const back = await step(before, { direction: 'back' });

    expect([phase(back), tokens(back)]).toEqual([name, left]);
    if (index > 3) expect(carried(back)).toBe(2);
    else {
      for (const path of [PATH, KUSTOMIZATION]) expect(back.read(path)).toBeUndefined();
      expect(back.read('argocd/kustomization.yaml')).toBe(trees[0]?.read('argocd/kustomization.yaml'));
    }
  });

  it('leaves the others in the list when one is taken back', async () => {
    const dev = { ...{ clusters: ['dev-eu'] } };
    const both = await step(await step(trees[3] as SourceTree, dev), dev);
    const back = await step(both, { ...dev, direction: 'back' });

    expect(parse(both.read(KUSTOMIZATION) ?? '').resources).toEqual(['prod-eu.yaml', 'dev-eu.yaml']);
    expect(parse(back.read(KUSTOMIZATION) ?? '').resources).toEqual(['prod-eu.yaml']);
    expect(back.read('argocd/kustomization.yaml')).toContain('- registrations');
  });

  it('is nothing where the cloud vouches for Argo CD, or nothing can be sealed for it', async () => {
    const [first] = trees as [SourceTree];
    const config = '{"awsAuthConfig": {"clusterName": "eu"}, "tlsClientConfig": {"caData": "eA=="}}';
    const byHand = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: cluster-prod-eu, namespace: argocd }
spec:
  encryptedData: {}
  template:
    metadata: { labels: { argocd.argoproj.io/secret-type: cluster } }
    data: { name: prod-eu, server: "https://k8s.eu.example.com", config: '${config}' }
`;

    expect(phase(overlayTree(first, { [PATH]: byHand }))).toBeUndefined();
    expect(phase(overlayTree(first, { 'argocd/registrations/sealing.crt': undefined }))).toBeUndefined();
  });

  it('the repository is right with every cluster registered', async () => {
    const clusters = ['prod-eu', 'prod-us', 'prod-ap', 'dev-eu'];
    let [tree] = trees as [SourceTree];
    for (let index = 0; index < 2; index++) tree = await step(tree, { clusters });
    const root = copyOfRepository();
    for (const path of [...tree.list('clusters'), ...tree.list('argocd')]) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), tree.read(path) ?? '');
    }

    expect(runCli(root, ['validate', '--fail-on', 'warning'])).toMatchObject({ code: 0 });
    // The rules do read what was written.
    writeFileSync(join(root, PATH), (tree.read(PATH) ?? '').replace('name: prod-eu', 'name: prod-uk'));
    expect(runCli(root, ['validate']).stdout).toContain('ARGO020');
  });
});

describe('gates of argocd-cluster', () => {
  const check = (
    index: number,
    direction: 'forward' | 'back',
    tokensLive: { number: number; filled?: boolean; lastUsed?: string }[],
  ) => {
    const tree = trees[index] as SourceTree;
    const value = tokensLive.map(({ number, filled = true, ...rest }) => ({
      ...{ namespace: 'kube-system', account: 'argocd-manager', name: `argocd-manager-token-${number}`, filled },
      ...rest,
    }));
    const facts = { cluster: 'prod-eu', accountTokens: { value } } as unknown as ClusterFacts;
    const at = phaseOf(argocdCluster, tree, 'prod-eu');
    return (at?.[direction]?.gates ?? []).flatMap((gate) => gate.check([facts], { tree, cluster: 'prod-eu', now }));
  };
  const [day, next] = [{ lastUsed: '2026-11-24' }, { lastUsed: '2026-11-25' }];

  it.each<[string, number, 'forward' | 'back', Parameters<typeof check>[2], RegExp | undefined]>([
    ['nothing is there before the first', 0, 'forward', [], undefined],
    ['the old token is gone', 6, 'forward', [{ number: 3 }], undefined],
    ['the old token is there', 6, 'forward', [{ number: 3 }, { number: 2 }], /token-2 is valid/],
    ['the new token is made', 4, 'forward', [{ number: 2 }, { number: 3 }], undefined],
    ['the new token is not made', 4, 'forward', [{ number: 2 }, { number: 3, filled: false }], /holds no token/],
    ['Argo CD has used the new token', 5, 'forward', [{ number: 2 }, { number: 3, ...day }], undefined],
    ['Argo CD has used the old token only', 5, 'forward', [{ number: 2, ...day }, { number: 3 }], /nobody has used/],
    ['the new token was never used', 4, 'back', [{ number: 2, ...day }, { number: 3 }], undefined],
    [
      'the old one is used since',
      4,
      'back',
      [
        { number: 2, ...next },
        { number: 3, ...day },
      ],
      undefined,
    ],
    [
      'both on one day',
      4,
      'back',
      [
        { number: 2, ...day },
        { number: 3, ...day },
      ],
      /look again tomorrow/,
    ],
    ['the first was used', 1, 'back', [{ number: 2, ...day }], /was used on 2026-11-24: go on/],
  ])('%s', (_, index, direction, live, reason) => {
    const closed = check(index, direction, live).join('\n');

    if (reason) expect(closed).toMatch(reason);
    else expect(closed).toBe('');
  });
});
