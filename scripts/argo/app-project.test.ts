import { describe, expect, it } from 'vitest';
import { parseYaml } from '../yaml/yaml-file.ts';
import { permitsDestination, permitsObject } from './app-project.ts';
import type { Placed } from './delivery.ts';
import { placedObjects } from './placed.ts';

function project(spec: string): Placed {
  const text = `apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: demo }\nspec: ${spec}\n`;
  const [placed] = placedObjects(parseYaml('project.yaml', text));
  if (!placed) throw new Error('no project');
  return placed;
}

// Expected values are those of AppProject.isDestinationMatched of Argo CD 3.2.
describe('permitsDestination', () => {
  it.each([
    ['[{ name: "!in-cluster", namespace: web }]', 'prod', 'web', true],
    ['[{ name: "!in-cluster", namespace: web }]', 'in-cluster', 'web', false],
    ['[{ name: "!in-cluster", namespace: web }]', 'prod', 'other', false],
    ['[{ name: "*", namespace: web }, { name: "!in-cluster", namespace: other }]', 'in-cluster', 'web', false],
    [
      '[{ server: "*", namespace: web }, { server: "!https://kubernetes.default.svc", namespace: other }]',
      'in-cluster',
      'web',
      true,
    ],
    ['[{ name: "*", namespace: "!kube-system" }]', 'prod', 'web', true],
    ['[{ name: "*", namespace: "!kube-system" }]', 'prod', 'kube-system', false],
    ['[{ name: "prod-*", namespace: "*" }]', 'dev', 'web', false],
  ])('%s: %s, %s', (destinations, name, namespace, expected) => {
    const demo = project(`{ destinations: ${destinations} }`);
    expect(permitsDestination(demo, { name, server: '', namespace })).toBe(expected);
  });
});

describe('permitsObject', () => {
  it('lets pass what is listed, where there is a list', () => {
    const demo = project('{ namespaceResourceWhitelist: [{ group: apps, kind: Deployment }] }');
    expect(permitsObject(demo, { group: 'apps', kind: 'Deployment', name: 'web' }, true)).toBe(true);
    expect(permitsObject(demo, { group: '', kind: 'Secret', name: 'web' }, true)).toBe(false);
    expect(permitsObject(demo, { group: '', kind: 'Namespace', name: 'web' }, false)).toBe(false);
  });

  // IsGroupKindNamePermitted of Argo CD 3.5.
  it('looks at names of what is cluster-wide, and of nothing else', () => {
    const demo = project(
      '{ clusterResourceWhitelist: [{ group: "", kind: Namespace, name: web-* }], namespaceResourceWhitelist: [{ group: "", kind: Secret, name: one }] }',
    );
    const namespace = { group: '', kind: 'Namespace' };
    expect(permitsObject(demo, { ...namespace, name: 'web-one' }, false)).toBe(true);
    expect(permitsObject(demo, { ...namespace, name: 'kube-system' }, false)).toBe(false);
    expect(permitsObject(demo, { group: '', kind: 'Secret', name: 'two' }, true)).toBe(true);
  });
});
