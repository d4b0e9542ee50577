import { expect, it } from 'vitest';
import { overlayTree } from '../system/source-tree.ts';
import { session } from './kinds/session.ts';
import { rotationTree, stepped } from './testing/rotation-tree.ts';

it('takes no step while the record of another cluster is wrong: the files made from that would go', async () => {
  const { tree } = await rotationTree(new Date());
  const record = 'clusters/dev-eu/cluster.yaml';
  const wrong = overlayTree(tree, { [record]: (tree.read(record) ?? '').replace('region:', 'regoin:') });

  await expect(stepped(wrong, session)).rejects.toThrow('cluster records are not right, nothing was written');
  expect((await stepped(tree, session)).kind('clusters/dev-eu/kustomization.yaml')).toBe('file');
});

it('takes no step that would lose what somebody wrote into a generated file', async () => {
  const { tree } = await rotationTree(new Date());
  const file = 'clusters/dev-eu/cluster-info.yaml';
  const edited = overlayTree(tree, { [file]: `${tree.read(file)}# mine\n` });

  await expect(stepped(edited, session)).rejects.toThrow(`generated files were edited by hand: ${file}`);
});
