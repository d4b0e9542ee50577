import { describe, expect, it } from 'vitest';
import { renderTargets } from '../render/render.ts';
import { noCache } from '../render/render-cache.ts';
import { parseObjects } from '../render/rendered.ts';
import type { FieldPath } from '../resources/kube-object.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { fieldSources } from './provenance.ts';
import { readRepository } from './repository.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';

const FILES = {
  'base/kustomization.yaml': `${HEAD}namespace: shop
resources:
  - deployment.yaml
  - virtual-service.yaml
labels:
  - pairs:
      team: blue
images:
  - name: example.com/web
    newTag: "1.2.3"
configMapGenerator:
  - name: settings
    literals:
      - MODE=strict
      - LEVEL=info
`,
  'base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: proxy
          image: example.com/proxy:1.0.0
        - name: web
          image: example.com/web
          resources:
            limits:
              memory: 1Gi
`,
  'base/virtual-service.yaml': `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: web
spec:
  hosts: [web.example.com]
  http:
    - name: first
      timeout: 10s
      route: [{ destination: { host: web } }]
`,
  'overlays/demo/kustomization.yaml': `${HEAD}resources:
  - ../../base
components:
  - ../components/extra
patches:
  - path: deployment.yaml
  - path: virtual-service.yaml
    target:
      kind: VirtualService
      name: w.*
  - target:
      kind: Deployment
    patch: |-
      - op: add
        path: /spec/paused
        value: false
`,
  'overlays/demo/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          resources:
            limits:
              memory: 2Gi
              cpu: 100m
`,
  'overlays/demo/virtual-service.yaml': `- op: test
  path: /spec/http/0/name
  value: first
- op: replace
  path: /spec/http/0/timeout
  value: 20s
- op: add
  path: /spec/http/-
  value:
    name: second
    timeout: 5s
    route: [{ destination: { host: other } }]
- op: replace
  path: /spec/hosts
  value: [a.example.com, b.example.com]
`,
  'overlays/components/extra/kustomization.yaml': `${HEAD.replace('Kustomization', 'Component').replace('v1beta1', 'v1alpha1')}resources:
  - copy
patches:
  - path: deployment.yaml
`,
  'overlays/components/extra/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  minReadySeconds: 7
  template:
    spec:
      containers:
        - name: web
          resources:
            limits:
              memory: 3Gi
`,
  'overlays/components/extra/copy/kustomization.yaml': `${HEAD}nameSuffix: -copy
resources:
  - config-map.yaml
`,
  'overlays/components/extra/copy/config-map.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: more\ndata:\n  A: b\n',
};

async function sourceIn(
  files: Record<string, string>,
): Promise<(kind: string, name: RegExp, path: FieldPath, at?: 'key') => string> {
  const tree = openSourceTree(temporaryTree(files));
  const target = readRepository(tree).targets.find(({ name }) => name === 'overlays/demo');
  if (!target) throw new Error('no target');
  const [build] = await renderTargets(await realKustomize(), tree, [target], noCache);
  expect(build?.failure).toBeUndefined();
  const objects = parseObjects(build?.text ?? '');
  const sourceOf = fieldSources(target.layer);
  return (kind, name, path, at) => {
    const object = objects.find(({ ref }) => ref.kind === kind && name.test(ref.name));
    const source = object && sourceOf(object.value, path, at);
    return source ? `${source.file}:${source.line}:${source.column}` : 'unknown';
  };
}

let ofFiles: ReturnType<typeof sourceIn> | undefined;

describe('fieldSources', () => {
  // kustomize moves a container that a merge patch names to the front: the order differs from that of the file.
  const containers = ['spec', 'template', 'spec', 'containers'];

  it.each<[string, string, RegExp, FieldPath, string]>([
    ['a value of the base', 'Deployment', /^web$/, [...containers, 1, 'image'], 'base/deployment.yaml:14:18'],
    [
      'a value that the outermost patch changed',
      'Deployment',
      /^web$/,
      [...containers, 0, 'resources', 'limits', 'memory'],
      'overlays/demo/deployment.yaml:12:23',
    ],
    [
      'a value that only a patch has',
      'Deployment',
      /^web$/,
      [...containers, 0, 'resources', 'limits', 'cpu'],
      'overlays/demo/deployment.yaml:13:20',
    ],
    [
      'a value of a component',
      'Deployment',
      /^web$/,
      ['spec', 'minReadySeconds'],
      'overlays/components/extra/deployment.yaml:6:20',
    ],
    ['a value of an inline patch', 'Deployment', /^web$/, ['spec', 'paused'], 'overlays/demo/kustomization.yaml:18:16'],
    [
      'a map that patches only add to',
      'Deployment',
      /^web$/,
      [...containers, 0, 'resources'],
      'base/deployment.yaml:17:11',
    ],
    [
      'a field that is nowhere',
      'Deployment',
      /^web$/,
      [...containers, 0, 'securityContext', 'runAsNonRoot'],
      'base/deployment.yaml:15:11',
    ],
    ['an image tag', 'Deployment', /^web$/, [...containers, 0, 'image'], 'base/kustomization.yaml:12:13'],
    ['a label of a transformer', 'Deployment', /^web$/, ['metadata', 'labels', 'team'], 'base/kustomization.yaml:9:13'],
    ['a namespace', 'Deployment', /^web$/, ['metadata', 'namespace'], 'base/kustomization.yaml:3:12'],
    [
      'a value that a JSON patch replaced',
      'VirtualService',
      /^web$/,
      ['spec', 'http', 0, 'timeout'],
      'overlays/demo/virtual-service.yaml:6:10',
    ],
    [
      'a value of an element that a JSON patch added',
      'VirtualService',
      /^web$/,
      ['spec', 'http', 1, 'timeout'],
      'overlays/demo/virtual-service.yaml:11:14',
    ],
    [
      'an element of a list that a JSON patch replaced',
      'VirtualService',
      /^web$/,
      ['spec', 'hosts', 1],
      'overlays/demo/virtual-service.yaml:15:26',
    ],
    ['a literal of a generator', 'ConfigMap', /^settings-/, ['data', 'LEVEL'], 'base/kustomization.yaml:17:9'],
    [
      'an object with a name suffix',
      'ConfigMap',
      /^more-copy$/,
      ['data', 'A'],
      'overlays/components/extra/copy/config-map.yaml:6:6',
    ],
    ['an object as a whole', 'VirtualService', /^web$/, [], 'base/virtual-service.yaml:1:1'],
  ])('finds %s', async (_, kind, name, path, expected) => {
    ofFiles ??= sourceIn(FILES);
    const sourceOf = await ofFiles;

    expect(sourceOf(kind, name, path)).toBe(expected);
  });

  it('points at the key where the field itself is the problem', async () => {
    ofFiles ??= sourceIn(FILES);
    const sourceOf = await ofFiles;

    expect(sourceOf('Deployment', /^web$/, ['spec', 'minReadySeconds'], 'key')).toBe(
      'overlays/components/extra/deployment.yaml:6:3',
    );
  });

  it('points at the operation that removed a field', async () => {
    const removal = '- op: remove\n  path: /spec/http/0/timeout\n';
    const sourceOf = await sourceIn({ ...FILES, 'overlays/demo/virtual-service.yaml': removal });

    expect(sourceOf('VirtualService', /^web$/, ['spec', 'http', 0, 'timeout'])).toBe(
      'overlays/demo/virtual-service.yaml:1:3',
    );
  });
});
