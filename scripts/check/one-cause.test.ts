import { expect, it } from 'vitest';
import { noCache } from '../render/render-cache.ts';
import { application, argoTree } from '../rules/argo/example.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { checkRepository } from './check-repository.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const DEEP = `x: ${'['.repeat(200)}${']'.repeat(200)}\n`;
const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: example.com/web }] }\n';

/** Codes and files of the findings whose code is one of these. */
async function found(files: Record<string, string>, codes: RegExp): Promise<string[]> {
  const root = temporaryTree(files);
  const { findings } = await checkRepository(openSourceTree(root), await realKustomize(), { cache: noCache });
  return findings.filter(({ code }) => codes.test(code)).map(({ code, source }) => `${code} ${source.file}`);
}

it.each([
  ['is nested too deeply', 'resources: [pod.yaml]\n', DEEP, 'SRC003 overlays/demo/pod.yaml'],
  ['lies outside', 'resources: [../../../pod.yaml]\n', POD, 'SRC010 overlays/demo/kustomization.yaml'],
  [
    'is refused by kustomize',
    'resources: [pod.yaml]\nnamespace: "a b"\nreplacements: [{ source: { kind: Pod, name: no }, targets: [] }]\n',
    POD,
    'SRC017 overlays/demo/kustomization.yaml',
  ],
])('a source that %s is one finding, not another for the Application of its folder', async (_, spec, pod, finding) => {
  const tree = {
    ...argoTree({ 'web.yaml': application('web', { path: 'overlays/demo' }) }),
    'overlays/demo/kustomization.yaml': `${HEAD}${spec}`,
    'overlays/demo/pod.yaml': pod,
  };
  expect(await found(tree, /^SRC0(?:03|10|17)|^ARGO011/)).toEqual([finding]);
});

it('an Application of a folder that is no target tells what is wrong with it', async () => {
  const tree = {
    ...argoTree({ 'web.yaml': application('web', { path: 'parts/web' }) }),
    'parts/web/kustomization.yaml': `${HEAD}resources: [gone.yaml]\n`,
  };
  expect(await found(tree, /^ARGO011/)).toEqual(['ARGO011 argocd/all/web.yaml']);
});

it('an entry of `images` is not called unused where the overlay that has the image cannot be built', async () => {
  const overlay = (name: string, more: string) => ({
    [`overlays/${name}/kustomization.yaml`]: `${HEAD}resources: [pod.yaml]\n${more}`,
    [`overlays/${name}/pod.yaml`]: POD.replace('/web }', `/${name} }`),
  });
  const images = 'images: [{ name: example.com/a, newTag: "1" }]\n';
  const tree = { ...overlay('a', images), ...overlay('b', '') };
  const wrong = { ...tree, ...overlay('b', images.replace('/a', '/c')) };
  expect(await found(wrong, /^SRC021/)).toEqual(['SRC021 overlays/b/kustomization.yaml']);
  expect(await found({ ...tree, 'overlays/a/pod.yaml': DEEP }, /^SRC0(?:03|21)/)).toEqual([
    'SRC003 overlays/a/pod.yaml',
  ]);
});
