import { describe, expect, it } from 'vitest';
import { checkManifests } from './check-manifests.ts';

function placesOf(...texts: string[]): string[] {
  const inputs = texts.map((text, index) => ({ path: `${index}.yaml`, text }));
  return checkManifests(inputs, false).findings.map(
    ({ code, source }) => `${code} ${source.file}:${source.line}:${source.column}`,
  );
}

describe('checkManifests', () => {
  it('finds the field in the right document of the right file', () => {
    const fine = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
    const broken = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }\ndate: {}\n';
    expect(placesOf(fine, `${fine.replace('name: a', 'name: c')}---\n${broken}`)).toEqual(['K8S002 1.yaml:8:1']);
  });

  it('opens lists', () => {
    const list =
      'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: { name: a }\n    date: {}\n';
    expect(placesOf(list)).toEqual(['K8S002 0.yaml:7:5']);
  });

  it('reports what cannot be parsed and checks the rest', () => {
    expect(placesOf('a: [\n', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndate: {}\n')).toEqual([
      expect.stringMatching(/^SRC001 0\.yaml/),
      'K8S002 1.yaml:4:1',
    ]);
  });

  it('says that an object without a name or kind is none', () => {
    expect(placesOf('apiVersion: v1\nkind: ConfigMap\n')).toEqual(['SRC018 0.yaml:1:1']);
    expect(placesOf('apiVersion: v1\nkind: ConfigMap\nmetadata: { labels: {} }\n')).toEqual(['SRC018 0.yaml:3:1']);
    expect(placesOf('just: data\n')).toEqual(['SRC018 0.yaml:1:1']);
  });
});
