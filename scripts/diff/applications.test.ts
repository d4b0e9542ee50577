import { expect, it } from 'vitest';
import { treeOf } from '../system/source-tree.ts';
import { applicationsOf } from './applications.ts';

const application = (name: string, labels: string) =>
  `kind: Application\nmetadata: { name: ${name}, labels: { ${labels} } }\nspec: { source: { path: parts/${name} } }\n`;
const row = (name: string, options: string) =>
  `name: ${name}\npath: clusters/${name}\noverlay: prod\nring: first\nrevision: main\noptions: ${options}\n`;

it('an optional Application exists in the clusters whose row names its option', () => {
  const tree = treeOf({
    'argocd/cluster/istiod.yaml': application('istiod', ''),
    'argocd/cluster/istio-csr.yaml': application('istio-csr', 'ai-spm.io/option: istio-csr'),
    'argocd/clusters/one.yaml': row('one', 'none'),
    'argocd/clusters/two.yaml': row('two', 'istio-csr'),
  });

  const names = applicationsOf(tree).map(({ name }) => name);
  expect(names.sort()).toEqual(['one', 'one-istiod', 'two', 'two-istio-csr', 'two-istiod']);
});
