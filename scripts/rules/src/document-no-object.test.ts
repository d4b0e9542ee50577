import { expect, it } from 'vitest';
import { readRepository } from '../../sources/repository.ts';
import { treeOf } from '../../system/source-tree.ts';
import { documentNoObjectRule } from './document-no-object.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';

function found(policy: string) {
  const files = {
    'overlays/demo/kustomization.yaml': `${HEAD}resources: [policy.yaml]\n`,
    'overlays/demo/policy.yaml': policy,
    'argocd/all/kustomization.yaml': `${HEAD}resources: [istiod.yaml, ../../overlays/demo]\n`,
    'argocd/all/istiod.yaml': policy,
    'argocd/platform/istiod/values.yaml': '# the defaults\n',
  };
  const context = { repository: readRepository(treeOf(files)), objectsOf: () => undefined, failureOf: () => undefined };
  return [...documentNoObjectRule.check(context)].map(({ source }) => `${source.file}:${source.line}`);
}

it.each(['', '# only a comment\n', '---\n', 'null\n'])('a resource with nothing in it is named: %j', (text) => {
  expect(found(text)).toEqual(['overlays/demo/policy.yaml:1', 'argocd/all/istiod.yaml:1']);
});

it('one with an object beside an empty document is not, nor one that is no YAML, which has a finding', () => {
  expect(found('---\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n')).toEqual([]);
  expect(found('a: [\n')).not.toContain('argocd/all/istiod.yaml:1');
});
