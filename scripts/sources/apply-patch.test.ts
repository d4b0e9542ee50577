import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { renderTargets } from '../render/render.ts';
import { noCache } from '../render/render-cache.ts';
import { parseObjects } from '../render/rendered.ts';
import type { KubeObject } from '../resources/kube-object.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { parseYaml } from '../yaml/yaml-file.ts';
import { applyPatch } from './apply-patch.ts';
import { patchDocuments } from './patch.ts';
import { readRepository } from './repository.ts';

const DEPLOYMENT: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          { name: 'web', image: 'example.com/web:1.0.0', args: ['a', 'b'], env: [{ name: 'A', value: '1' }] },
          { name: 'proxy', image: 'example.com/proxy:1.0.0' },
        ],
      },
    },
  },
};

/** What the real kustomize makes of the same patch, or `undefined` where it refuses it. */
async function kustomized(object: KubeObject, patch: unknown): Promise<unknown> {
  const target = Array.isArray(patch) ? '    target: { kind: Deployment }\n' : '';
  const tree = openSourceTree(
    temporaryTree({
      'overlays/demo/kustomization.yaml': `kind: Kustomization\nresources: [object.yaml]\npatches:\n  - path: patch.yaml\n${target}`,
      'overlays/demo/object.yaml': stringify(object),
      'overlays/demo/patch.yaml': stringify(patch),
    }),
  );
  const [build] = await renderTargets(await realKustomize(), tree, readRepository(tree).targets, noCache);
  return build?.failure === undefined ? parseObjects(build?.text ?? '')[0]?.value : undefined;
}

function applied(object: KubeObject, patch: unknown): KubeObject | undefined {
  const [document] = patchDocuments(parseYaml('patch.yaml', stringify(patch)));
  if (!document) throw new Error('no patch');
  return applyPatch(document, object);
}

function merge(spec: Record<string, unknown>): unknown {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
}

const container = (fields: Record<string, unknown>) => merge({ template: { spec: { containers: [fields] } } });

describe('applyPatch does what kustomize does', () => {
  it.each<[string, unknown]>([
    ['a scalar', merge({ replicas: 3 })],
    ['the same scalar', merge({ replicas: 2 })],
    ['a removed field', merge({ replicas: null })],
    ['a new map', merge({ strategy: { type: 'Recreate' } })],
    ['a container by name', container({ name: 'proxy', image: 'example.com/proxy:2.0.0' })],
    ['a new container', container({ name: 'third', image: 'example.com/third:1.0.0' })],
    ['a removed container', container({ name: 'proxy', $patch: 'delete' })],
    ['an atomic list', container({ name: 'web', args: ['c'] })],
    ['a variable by name', container({ name: 'web', env: [{ name: 'A', value: '2' }] })],
    ['JSON replace', [{ op: 'replace', path: '/spec/replicas', value: 4 }]],
    ['JSON add at the end', [{ op: 'add', path: '/spec/template/spec/containers/0/args/-', value: 'z' }]],
    ['JSON add in between', [{ op: 'add', path: '/spec/template/spec/containers/0/args/1', value: 'z' }]],
    ['JSON remove', [{ op: 'remove', path: '/spec/template/spec/containers/1' }]],
    [
      'JSON test and add',
      [
        { op: 'test', path: '/spec/replicas', value: 2 },
        { op: 'add', path: '/metadata/labels/a~1b', value: 'c' },
      ],
    ],
  ])('%s', async (_, patch) => {
    const expected = await kustomized(DEPLOYMENT, patch);

    expect(expected).toBeDefined();
    // kustomize puts patched elements first; the order says nothing about whether a patch has an effect.
    expect(sorted(applied(DEPLOYMENT, patch))).toEqual(sorted(expected));
  });

  it('a custom resource, whose lists it replaces', async () => {
    const object: KubeObject = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'web' },
      spec: { http: [{ name: 'a' }, { name: 'b' }] },
    };
    const patch = {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name: 'web' },
      spec: { http: [{ name: 'b', timeout: '1s' }] },
    };

    expect(applied(object, patch)).toEqual(await kustomized(object, patch));
  });

  it('a whole object that is deleted', () => {
    expect(
      applied(DEPLOYMENT, { $patch: 'delete', apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }),
    ).toBeUndefined();
  });

  it('and gives back the same object exactly when nothing changed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom('example.com/web:1.0.0', 'example.com/web:2.0.0'),
        (replicas, image) => {
          const patch = merge({ replicas, template: { spec: { containers: [{ name: 'web', image }] } } });
          const isSame = replicas === 2 && image === 'example.com/web:1.0.0';
          expect(applied(DEPLOYMENT, patch) === DEPLOYMENT).toBe(isSame);
        },
      ),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted()
      .map(([key, child]) => [key, sorted(child)]),
  );
}
