import { describe, expect, it } from 'vitest';
import { parseYaml } from '../yaml/yaml-file.ts';
import { nameOf } from './delivery.ts';
import { manifestDelivery } from './manifest-delivery.ts';

const set = (generator: string) => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: demo, namespace: argocd }
spec:
  goTemplate: true
  generators:
    - ${generator}
  template:
    metadata: { name: "{{.name}}" }
    spec: { project: demo, source: { repoURL: x }, destination: { name: "{{.name}}" } }
`;
const SECRET = `---
apiVersion: v1
kind: Secret
metadata: { name: one, labels: { argocd.argoproj.io/secret-type: cluster, env: prod } }
data: { name: b25l }
stringData: { server: https://one.example.com }
`;

function expand(text: string, complete = false) {
  const { applications, sets } = manifestDelivery([parseYaml('manifests.yaml', text)], complete);
  return { names: applications.map(nameOf), refusal: sets[0]?.expansion.error?.refusal };
}

describe('manifests that someone hands in', () => {
  it('tell which clusters there are by their Secrets', () => {
    expect(expand(set('clusters: { selector: { matchLabels: { env: prod } } }') + SECRET)).toEqual({ names: ['one'] });
    expect(expand(set('clusters: {}') + SECRET).names).toEqual(['in-cluster', 'one']);
  });

  it('do not tell it without a Secret, unless nothing else exists', () => {
    expect(expand(set('clusters: {}'))).toEqual({ names: [], refusal: 'unsupported' });
    expect(expand(set('clusters: {}'), true)).toEqual({ names: ['in-cluster'] });
  });

  it('do not tell what is in a git repository', () => {
    const git = set('git: { repoURL: https://example.com/x, revision: HEAD, files: [{ path: a.yaml }] }');
    expect(expand(git)).toEqual({ names: [], refusal: 'unsupported' });
  });
});
