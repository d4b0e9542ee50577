import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { openSourceTree, treeOf } from '../system/source-tree.ts';
import { layerReader } from './layer.ts';
import { outlineReader } from './outline.ts';
import { layersOf, readRepository } from './repository.ts';

function readsOf(files: Record<string, string>, folder = 'app'): string[] {
  const tree = treeOf(files);
  const isName = (path: string) => /kustomization\.ya?ml$/i.test(path) || path.endsWith('/Kustomization');
  return [...outlineReader(tree, layerReader(tree)).reads(folder)].filter((path) => !isName(path)).sort();
}

it('names all that a build of any target of this repository reads', () => {
  const tree = openSourceTree(resolve(__dirname, '..', '..'));
  const { targets } = readRepository(tree);
  const outlines = outlineReader(tree, layerReader(tree));
  for (const { name, layer } of targets.filter(({ trial }) => !trial)) {
    const reads = outlines.reads(name);
    expect(
      layersOf(layer)
        .flatMap((one) => one.reads)
        .filter((path) => !reads.has(path)),
      name,
    ).toEqual([]);
  }
});

it('follows folders, components, patches and generators, and passes over what is written in place', () => {
  const files = {
    'app/kustomization.yaml': `resources: [a.yaml, ../base]
components: [../part]
patches: [{ path: p.yaml }, { patch: '[]', target: { kind: Service } }]
configMapGenerator: [{ name: m, files: [key=f.txt] }]
`,
    'base/kustomization.yaml': 'resources: [b.yaml]\n',
    'part/kustomization.yaml': 'kind: Component\nresources: [c.yaml]\n',
  };
  expect(readsOf(files)).toEqual(['app/a.yaml', 'app/f.txt', 'app/p.yaml', 'base/b.yaml', 'part/c.yaml']);
});

it('has every name of a kustomization, since one more in a folder changes what is built', () => {
  const tree = treeOf({ 'app/kustomization.yaml': 'resources: []\n' });
  expect([...outlineReader(tree, layerReader(tree)).reads('app')]).toEqual([
    'app/kustomization.yaml',
    'app/kustomization.yml',
    'app/Kustomization',
  ]);
});

it('ends where kustomizations lead in circles', () => {
  const files = {
    'app/kustomization.yaml': 'resources: [../other, a.yaml]\n',
    'other/kustomization.yaml': 'resources: [../app, b.yaml]\n',
  };
  expect(readsOf(files)).toEqual(['app/a.yaml', 'other/b.yaml']);
  expect(readsOf(files, 'other')).toEqual(['app/a.yaml', 'other/b.yaml']);
});

it('sees what a merge key brings, which the fast parser does not', () => {
  const text = 'x: &x { resources: [../hidden] }\n<<: *x\n';
  const files = { 'app/kustomization.yaml': text, 'hidden/kustomization.yaml': 'resources: [h.yaml]\n' };
  expect(readsOf(files)).toEqual(['hidden/h.yaml']);
});
