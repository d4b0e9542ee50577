import { describe, expect, it } from 'vitest';
import { renderTargets } from '../render/render.ts';
import { noCache } from '../render/render-cache.ts';
import { renderEdited } from '../render/render-edited.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { layerReader } from './layer.ts';

/** Whoever starts it gets an error instead of a result. */
const NEVER_RUN = { command: '/no/such/kustomize', args: [], version: '5.8.1', origin: 'KUSTOMIZE' as const };
const TIMES_NINE = (text: string) => `[${Array(9).fill(text).join(', ')}]`;
const BOMB = [...'bcdefghij']
  .map((name, index) => `${name}: &${name} ${TIMES_NINE(`*${'abcdefghi'[index]}`)}\n`)
  .reduce((text, line) => text + line, `a: &a ${TIMES_NINE('x')}\n`);
const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: &a one, b: *a }\n';

function openDemo(kustomization: string, base: string, file: string) {
  const tree = openSourceTree(
    temporaryTree({
      'overlays/demo/kustomization.yaml': kustomization,
      'base/kustomization.yaml': 'resources: [map.yaml]\n',
      'base/map.yaml': base,
      'overlays/demo/file.yaml': file,
    }),
  );
  const layer = layerReader(tree)('overlays/demo');
  if (!layer) throw new Error('no layer');
  return { tree, layer };
}

describe('kustomize is not run', () => {
  it.each([
    ['a resource of a base', 'resources: [../../base]\n', BOMB, MAP, 'base/map.yaml'],
    ['a patch', 'resources: [../../base]\npatches: [path: file.yaml]\n', MAP, BOMB, 'overlays/demo/file.yaml'],
    ['a configuration', 'configurations: [file.yaml]\n', MAP, BOMB, 'overlays/demo/file.yaml'],
    [
      'an inline patch',
      `patches:\n- patch: |\n${BOMB.replaceAll(/^/gm, '    ')}\n`,
      MAP,
      MAP,
      'overlays/demo/kustomization.yaml',
    ],
    ['the kustomization', `resources: [../../base]\n${BOMB}`, MAP, MAP, 'overlays/demo/kustomization.yaml'],
  ])('where aliases expand without measure in %s', async (_, kustomization, base, file, path) => {
    const { tree, layer } = openDemo(kustomization, base, file);
    const failure = expect.stringMatching(new RegExp(`^${path}: has aliases that expand to an absurd size`));

    expect(await renderTargets(NEVER_RUN, tree, [{ name: layer.folder, layer }], noCache)).toMatchObject([{ failure }]);
    expect(await renderEdited(NEVER_RUN, tree, layer, { namePrefix: 'a-' }, noCache)).toMatchObject({ failure });
  });

  it('with a patch of an Application whose aliases expand without measure', async () => {
    const { tree, layer } = openDemo('resources: [../../base]\n', MAP, MAP);
    const edits = { patches: [{ target: { kind: 'ConfigMap' }, patch: BOMB }] };

    expect(await renderEdited(NEVER_RUN, tree, layer, edits, noCache)).toMatchObject({
      failure: expect.stringContaining('absurd size'),
    });
  });

  it('but is where aliases are honest', async () => {
    const { tree, layer } = openDemo('resources: [../../base]\n', MAP, MAP);
    const edits = { patches: [{ target: { kind: 'ConfigMap' }, patch: MAP }] };

    await expect(renderTargets(NEVER_RUN, tree, [{ name: layer.folder, layer }], noCache)).rejects.toThrow('not found');
    await expect(renderEdited(NEVER_RUN, tree, layer, edits, noCache)).rejects.toThrow('not found');
  });
});
