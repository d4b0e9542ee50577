import { expect, it } from 'vitest';
import { checkRepository } from '../../check/check-repository.ts';
import { noCache } from '../../render/render-cache.ts';
import { openSourceTree } from '../../system/source-tree.ts';
import { realKustomize } from '../../testing/kustomize.ts';
import { temporaryTree } from '../../testing/temp-repository.ts';
import { application, argoTree, PROJECT, WIDGET_KIND } from './example.ts';

const OTHER = '{ server: https://other.example.com, namespace: demo }';
const named = (name: string) => `{ name: ${name}, namespace: demo }`;
const registration = (name: string) => `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: cluster-${name}, namespace: argocd }
spec:
  encryptedData: { config: AgBy }
  template:
    metadata: { labels: { argocd.argoproj.io/secret-type: cluster } }
    data: { name: ${name}, server: "https://${name.toUpperCase()}.example.com:443/" }
`;

interface Places {
  kinds?: string;
  widgets?: string;
  registered?: readonly string[];
}

/** What is too early where two Applications bring one each: the kinds, and an object of them. */
async function early(kinds: number, widgets: number, places: Places = {}): Promise<string[]> {
  const at = (destination: string | undefined) => (destination ? { destination } : {});
  const registrations = (places.registered ?? []).map((name) => [`${name}-cluster.yaml`, registration(name)]);
  const tree = argoTree({
    ...Object.fromEntries(registrations),
    'project.yaml': `${PROJECT}  clusterResourceWhitelist: [{ group: apiextensions.k8s.io, kind: CustomResourceDefinition }]\n`,
    'a.yaml': application('a', { path: 'parts/a', wave: kinds }),
    'b.yaml': application('b', { path: 'parts/b', wave: widgets }),
    'parts/a/kinds.yaml': application('kinds', { path: 'parts/kinds', wave: 9, ...at(places.kinds) }),
    'parts/b/widgets.yaml': application('widgets', { path: 'parts/widgets', wave: 1, ...at(places.widgets) }),
    'parts/kinds/crd.yaml': WIDGET_KIND,
    'parts/widgets/widget.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: one, namespace: demo }\n',
  });
  const { findings } = await checkRepository(openSourceTree(temporaryTree(tree)), await realKustomize(), {
    cache: noCache,
  });
  const found = findings.filter(({ code }) => code === 'ARGO014');
  return found.map(({ source, message }) => `${source.file} ${message}`);
}

it('compares Applications of different parents by the waves of those above them', async () => {
  for (const wave of [1, 2])
    expect(await early(wave, 1)).toEqual([
      `argocd/all/b.yaml \`b\` (wave 1) brings \`widgets\`, which needs the kinds of example.com, which comes with \`a\` (wave ${wave})`,
    ]);
  expect(await early(1, 2)).toEqual([]);
});

it('knows that a cluster has nothing of what comes to another', async () => {
  expect(await early(1, 1, { kinds: OTHER })).toEqual([]);
  expect(await early(1, 1, { kinds: named('other') })).toEqual([]);
  expect(await early(1, 1, { kinds: named('other'), widgets: named('third') })).toEqual([]);
});

it('knows the cluster that Argo CD runs in by its name and by its server', async () => {
  expect(await early(1, 1, { kinds: named('in-cluster') })).toHaveLength(1);
  expect(await early(1, 2, { kinds: named('in-cluster') })).toEqual([]);
});

it('takes the name and the server of one registration as one cluster, and those of two as two', async () => {
  const registered = ['other', 'third'];
  expect(await early(1, 1, { kinds: OTHER, widgets: named('other'), registered })).toHaveLength(1);
  expect(await early(1, 1, { kinds: named('other'), widgets: OTHER, registered })).toHaveLength(1);
  expect(await early(1, 1, { kinds: OTHER, widgets: named('third'), registered })).toEqual([]);
});

it('takes a name and a server as one cluster where nothing says of which cluster they are', async () => {
  expect(await early(1, 1, { kinds: OTHER, widgets: named('other') })).toHaveLength(1);
  expect(await early(1, 1, { kinds: named('other'), widgets: OTHER })).toHaveLength(1);
  expect(await early(1, 1, { kinds: OTHER, widgets: named('third'), registered: ['third'] })).toEqual([]);
});
