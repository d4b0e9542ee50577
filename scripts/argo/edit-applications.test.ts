import { describe, expect, it } from 'vitest';
import { renderTargets } from '../render/render.ts';
import { noCache } from '../render/render-cache.ts';
import { renderEdited } from '../render/render-edited.ts';
import { parseObjects } from '../render/rendered.ts';
import { type Layer, layerReader } from '../sources/layer.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { ROOT } from '../testing/repository-copy.ts';
import { editApplications } from './edit-applications.ts';

const tree = openSourceTree(ROOT);
const layer = layerReader(tree)('argocd/cluster') as Layer;

async function plainObjects() {
  const [build] = await renderTargets(await realKustomize(), tree, [{ name: layer.folder, layer }], noCache);
  return parseObjects(build?.text ?? '');
}

const PATCHES = [
  { target: { kind: 'Application' }, patch: '- { op: add, path: /spec/destination/name, value: "010" }\n' },
  {
    target: { kind: 'Application', name: 'ai-.*' },
    patch: '- op: add\n  path: /spec/source/path\n  value: clusters/x\n',
  },
  {
    target: { labelSelector: 'ai-spm.io/source=chart' },
    patch:
      '- { op: replace, path: /spec/project, value: other }\n- { op: add, path: /spec/syncPolicy/syncOptions/-, value: A=true }\n',
  },
];

const DELETE = '$patch: delete\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: any }\n';

describe('Applications with edits', () => {
  it.each([
    { namePrefix: 'a-', nameSuffix: '-b' },
    { commonLabels: { 'ai-spm.io/source': 'mine', more: 'true' } },
    { patches: PATCHES },
    { namePrefix: 'x-', commonLabels: { 'ai-spm.io/ring': 'dev' }, patches: PATCHES },
    { namePrefix: 'x-', patches: [{ target: { labelSelector: 'ai-spm.io/source=chart' }, patch: DELETE }] },
    { patches: [{ target: { labelSelector: 'ai-spm.io/option,ai-spm.io/option notin (none)' }, patch: DELETE }] },
    { patches: [{ target: { labelSelector: 'ai-spm.io/option,ai-spm.io/option notin (istio-csr)' }, patch: DELETE }] },
  ])('are those that kustomize makes: %j', async (edits) => {
    const { text, failure } = await renderEdited(await realKustomize(), tree, layer, edits, noCache);
    expect(failure).toBeUndefined();
    const made = editApplications(layer, await plainObjects(), edits);
    expect(made?.map(({ value }) => value)).toEqual(parseObjects(text).map(({ value }) => value));
  });

  it.each([
    { namespace: 'other' },
    { patches: [{ target: { kind: 'Application' }, patch: 'spec: { project: x }\n' }] },
    { patches: [{ target: { kind: 'Application' }, patch: '- { op: add, path: /spec/none/path, value: x }\n' }] },
    { patches: [{ target: { kind: 'Application' }, patch: '- { op: remove, path: /spec/project }\n' }] },
  ])('are left to kustomize: %j', async (edits) => {
    expect(editApplications(layer, await plainObjects(), edits)).toBeUndefined();
  });
});
