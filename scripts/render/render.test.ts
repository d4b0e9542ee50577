import { chmodSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRepository } from '../sources/repository.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { asOrdinaryUser } from '../testing/ordinary-user.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { toolMessage } from './kustomize-message.ts';
import { renderTargets } from './render.ts';
import { folderCache, type RenderCache } from './render-cache.ts';

const FILES = {
  'overlays/demo/kustomization.yaml': 'resources: [map.yaml]\n',
  'overlays/demo/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
  'base/notes.txt': '',
};

function memoryCache(): RenderCache {
  const kept = new Map<string, string>();
  return { read: (key) => kept.get(key), write: (key, text) => void kept.set(key, text) };
}

async function renderDemo(root: string, cache: RenderCache) {
  const tree = openSourceTree(root);
  return (await renderTargets(await realKustomize(), tree, readRepository(tree).targets, cache))[0];
}

describe('renderTargets', () => {
  it('does not take from the cache what kustomize now refuses though every file reads the same', async () => {
    const root = temporaryTree(FILES);
    const cache = memoryCache();
    const at = (path: string) => join(root, path);
    expect(await renderDemo(root, cache)).toMatchObject({ cached: false, text: expect.stringContaining('name: a') });
    expect(await renderDemo(root, cache)).toMatchObject({ cached: true });

    writeFileSync(at('overlays/demo/Kustomization'), 'resources: [map.yaml]\n');
    expect((await renderDemo(root, cache))?.failure).toContain('two kustomizations');
    renameSync(at('overlays/demo/Kustomization'), at('base/unused'));

    renameSync(at('overlays/demo/map.yaml'), at('base/map.yaml'));
    symlinkSync('../../base/map.yaml', at('overlays/demo/map.yaml'));
    expect((await renderDemo(root, cache))?.failure).toContain('security');
  });

  it('says the same of a failure in every place and run', async () => {
    const broken = { ...FILES, 'overlays/demo/map.yaml': 'kind: ConfigMap\n' };
    const [first, second] = [temporaryTree(broken), temporaryTree(broken)];
    const failure = (await renderDemo(first, memoryCache()))?.failure;
    expect(failure).toMatch(/^Error: /);
    expect(failure).not.toContain(first);
    expect((await renderDemo(second, memoryCache()))?.failure).toBe(failure);
  });
});

describe('folderCache', () => {
  it('keeps nothing where nothing can be written', () => {
    const root = temporaryTree({});
    mkdirSync(join(root, 'node_modules'), { mode: 0o555 });
    chmodSync(root, 0o755);
    const cache = folderCache(root);
    asOrdinaryUser(() => cache.write('key', 'text'));
    expect([cache.read('key'), readdirSync(join(root, 'node_modules'))]).toEqual([undefined, []]);
  });
});

describe('toolMessage', () => {
  const expected = 'Error: invalid "a\tb" in base';

  it.each([
    ['kustomize', 'Error: invalid "a\tb" in /repo/base\n'],
    ['kubectl', 'E1123 23:01:07.187478    3792 run.go:72] "command failed" err="invalid \\"a\\tb\\" in /repo/base"\n'],
    [
      'kubectl, for a text with a line break',
      'E1123 23:23:19.078998    1351 run.go:72] "command failed" err=<\n\tinvalid "a\tb" in /repo/base\n >\n',
    ],
  ])('is the same from %s', (_, stderr) => expect(toolMessage(stderr, '/repo')).toBe(expected));

  it('keeps warnings before it, and quotes that only Go has', () => {
    expect(toolMessage('# Warning: old\nE1123 23:01:07.1 7 run.go:72] "command failed" err="a \\x1b"\n', '/r')).toBe(
      '# Warning: old\nError: a \\x1b',
    );
  });
});
