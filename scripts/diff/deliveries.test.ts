import { expect, it } from 'vitest';
import { openGit } from '../git/git.ts';
import { gitRepository } from '../testing/git-repository.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { type Plan, planDeliveries } from './deliveries.ts';
import { openSide, revisionReader, sideReader } from './side.ts';

type Files = Readonly<Record<string, string | undefined>>;

const KUSTOMIZATION = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const row = (revision: string, options = 'none') =>
  `name: two\npath: clusters/two\noverlay: prod\nring: rest\nrevision: ${revision}\noptions: ${options}\n`;
const FILES = {
  'clusters/two/kustomization.yaml': KUSTOMIZATION,
  'argocd/clusters/two.yaml': row('main'),
  'argocd/cluster/istiod.yaml': 'kind: Application\n',
  'argocd/platform/istiod/values.yaml': 'a: 1\n',
  'argocd/platform/istiod/values-dev.yaml': 'a: 1\n',
};

/** What a change does to a cluster whose ring is held at the commit before it. */
async function planOf(change: (held: string, newer: string) => Files): Promise<Plan> {
  const repository = gitRepository(FILES);
  const held = repository.git('rev-parse', 'HEAD');
  const before = repository.commit({ 'argocd/clusters/two.yaml': row(held) });
  repository.write(change(held, before));
  const git = await openGit(repository.root);
  const sideAt = sideReader(git, temporaryTree({}));
  return planDeliveries(await sideAt(before), openSide(repository.root), revisionReader(git, sideAt));
}

it.each([
  'argocd/cluster/istiod.yaml',
  'argocd/platform/istiod/values.yaml',
  'argocd/platform/istiod/templates/new.yaml',
  'clusters/two/chart-values.yaml',
  'clusters/two/platform/secret.yaml',
  'clusters/two/kustomization.yaml',
])('an edit of %s waits for the ring', async (path) => {
  const { waiting, deliveries, dangers } = await planOf(() => ({ [path]: `${KUSTOMIZATION}# another\n` }));
  expect(waiting.map(({ clusters }) => clusters)).toEqual([['two']]);
  expect([deliveries, dangers]).toEqual([[], []]);
});

it.each(['argocd/platform/istiod/values-dev.yaml', 'docs/a.md'])('an edit of %s is none for it', async (path) => {
  expect((await planOf(() => ({ [path]: 'a: 2\n' }))).waiting).toEqual([]);
});

it('tells of a field of the row, which no ring holds back', async () => {
  const messages = async (change: (held: string, newer: string) => Files) =>
    (await planOf(change)).dangers.map(({ message }) => message);
  const edited = await messages((held) => ({ 'argocd/clusters/two.yaml': row(held, 'istio-csr') }));
  expect(edited).toEqual([
    expect.stringMatching(/^clusters\/two gets `options` from none to istio-csr with the merge/),
  ]);
  expect(await messages(() => ({ 'argocd/clusters/two.yaml': row('main', 'istio-csr') }))).toEqual([]);
  // The ring moves: the row is made from the record at its new commit, whatever the row there says.
  expect(await messages((_, newer) => ({ 'argocd/clusters/two.yaml': row(newer, 'istio-csr') }))).toEqual([]);
});

it('tells of a cluster that the commit of its ring does not have', async () => {
  const three = (held: string) => row(held).replaceAll('two', 'three');
  const { dangers } = await planOf((held) => ({
    'clusters/three/kustomization.yaml': KUSTOMIZATION,
    'argocd/clusters/three.yaml': three(held),
  }));
  expect(dangers).toEqual([expect.objectContaining({ kind: 'refused', targets: ['clusters/three'] })]);
});
