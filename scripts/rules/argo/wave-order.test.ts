import { expect, it } from 'vitest';
import { checkRepository } from '../../check/check-repository.ts';
import { noCache } from '../../render/render-cache.ts';
import { openSourceTree } from '../../system/source-tree.ts';
import { realKustomize } from '../../testing/kustomize.ts';
import { temporaryTree } from '../../testing/temp-repository.ts';
import { application, argoTree, PROJECT } from './example.ts';

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`;
const OTHER = '{ server: https://other.example.com, namespace: demo }';

/** What is too early where two Applications bring one each: the kinds, and an object of them. */
async function early(kinds: number, widgets: number, destination?: string): Promise<string[]> {
  const place = destination ? { destination } : {};
  const tree = argoTree({
    'project.yaml': `${PROJECT}  clusterResourceWhitelist: [{ group: apiextensions.k8s.io, kind: CustomResourceDefinition }]\n`,
    'a.yaml': application('a', { path: 'parts/a', wave: kinds }),
    'b.yaml': application('b', { path: 'parts/b', wave: widgets }),
    'parts/a/kinds.yaml': application('kinds', { path: 'parts/kinds', wave: 9, ...place }),
    'parts/b/widgets.yaml': application('widgets', { path: 'parts/widgets', wave: 1 }),
    'parts/kinds/crd.yaml': CRD,
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
  expect(await early(1, 1, OTHER)).toEqual([]);
});
