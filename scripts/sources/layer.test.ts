import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSourceTree, treeOf } from '../system/source-tree.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { positionAt } from '../yaml/yaml-file.ts';
import { type Layer, layerReader } from './layer.ts';

function read(files: Record<string, string>, folder = 'app'): Layer {
  const layer = layerReader(treeOf(files))(folder);
  if (!layer) throw new Error('no kustomization');
  return layer;
}

function problemsOf(layer: Layer): string[] {
  return layer.problems.map(({ kind, file, range }) => {
    const { line, column } = positionAt(file, range);
    return `${kind} ${line}:${column}`;
  });
}

const FILES = {
  'app/a.yaml': 'a: 1\n',
  'app/b/kustomization.yaml': 'resources: [c.yaml]\n',
  'app/b/c.yaml': 'c: 1\n',
  'other/x.yaml': '',
};

describe('layerReader', () => {
  it('reads files, folders, patches and everything else that a build reads', () => {
    const layer = read({
      ...FILES,
      'app/kustomization.yaml': `resources: [a.yaml, b]
patches:
  - path: p.yaml
  - patch: '[{op: remove, path: /x}]'
    target: {kind: Service}
configMapGenerator:
  - name: m
    files: [key=f.txt, g.txt]
    env: h.env
replacements:
  - path: r.yaml
configurations: [n.yaml]
openapi: {path: o.json}
`,
      ...Object.fromEntries(
        ['p.yaml', 'f.txt', 'g.txt', 'h.env', 'r.yaml', 'n.yaml', 'o.json'].map((name) => [`app/${name}`, '']),
      ),
    });

    expect(problemsOf(layer)).toEqual([]);
    expect(layer.bases.map(({ folder }) => folder)).toEqual(['app/b']);
    expect(layer.reads.toSorted()).toEqual(
      ['a.yaml', 'f.txt', 'g.txt', 'h.env', 'kustomization.yaml', 'n.yaml', 'o.json', 'p.yaml', 'r.yaml'].map(
        (name) => `app/${name}`,
      ),
    );
    expect(layer.patches[1]?.documents).toMatchObject([{ type: 'json', operations: [{ op: 'remove', path: ['x'] }] }]);
  });

  it.each([
    ['a missing file', 'resources: [a.yaml, z.yaml]\n', 'missing 1:21'],
    ['a folder without a kustomization', 'resources: [../other]\n', 'missing 1:13'],
    ['a path that leaves the repository', 'resources: [../../x.yaml]\n', 'outside 1:13'],
    ['an absolute path', 'patches: [{path: /etc/passwd}]\n', 'outside 1:18'],
    ['a URL', 'resources: ["https://example.com/x.yaml"]\n', 'remote 1:13'],
    ['a GitHub shorthand', 'resources: ["github.com/example/app?ref=v1"]\n', 'remote 1:13'],
    ['an SSH address', 'components: ["git@example.com:a/b.git"]\n', 'remote 1:14'],
    ['itself', 'resources: [../app]\n', 'cycle 1:13'],
    ['a folder as a patch', 'patches: [{path: b}]\n', 'wrong-value 1:18'],
    ['an unknown field inside a list', 'images: [{name: a, newTga: "1"}]\n', 'unknown-field 1:20'],
    ['a replaced field', 'commonLabels: {a: b}\n', 'deprecated-field 1:1'],
    ['a number for a tag', 'images: [{name: a, newTag: 1.10}]\n', 'wrong-value 1:28'],
    ['text for a list', 'resources: a.yaml\n', 'wrong-value 1:12'],
  ])('refuses %s', (_, kustomization, problem) => {
    expect(problemsOf(read({ ...FILES, 'app/kustomization.yaml': kustomization }))).toEqual([problem]);
  });

  it('takes an existing folder with a domain in its name for what it is', () => {
    const files = {
      'app/kustomization.yaml': 'resources: [example.com/a/b]\n',
      'app/example.com/a/b/kustomization.yaml': 'resources: []\n',
    };
    expect(problemsOf(read(files))).toEqual([]);
  });

  it('ends on a cycle over several folders', () => {
    const files = {
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../c]\n',
      'c/kustomization.yaml': 'resources: [../a]\n',
    };
    expect(problemsOf(read(files, 'a').bases[0]?.bases[0] as Layer)).toEqual(['cycle 1:13']);
  });

  it('refuses a symbolic link that leads out of the repository', () => {
    const outside = temporaryTree({ 'secret.yaml': 'a: 1\n' });
    const root = temporaryTree({
      'app/kustomization.yaml': 'resources: [link.yaml, inside.yaml]\n',
      'app/real.yaml': 'a: 1\n',
    });
    mkdirSync(join(root, 'app'), { recursive: true });
    symlinkSync(join(outside, 'secret.yaml'), join(root, 'app/link.yaml'));
    symlinkSync('real.yaml', join(root, 'app/inside.yaml'));
    const layer = layerReader(openSourceTree(root))('app') as Layer;
    expect(problemsOf(layer)).toEqual(['outside 1:13']);
    expect(layer.reads).toEqual(['app/kustomization.yaml', 'app/inside.yaml']);
  });
});
