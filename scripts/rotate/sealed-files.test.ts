import { beforeAll, describe, expect, it } from 'vitest';
import { overlayTree, type SourceTree } from '../system/source-tree.ts';
import { phaseOf } from './engine.ts';
import { KINDS } from './kinds/kinds.ts';
import { sealedFiles } from './sealed-files.ts';
import { statusOf } from './status.ts';
import { rotationTree } from './testing/rotation-tree.ts';

const FOLDER = 'clusters/prod-eu/secrets';
let first: SourceTree;
beforeAll(async () => {
  first = (await rotationTree(new Date())).tree;
});

const phases = (tree: SourceTree) => KINDS.map((kind) => phaseOf(kind, tree, 'prod-eu')?.name);

describe('files beside the SealedSecrets of a cluster', () => {
  it.each([
    ['an ExternalSecret', 'kind: ExternalSecret\nmetadata: { name: a }\nspec: {}\n'],
    ['a list', '- a\n'],
    ['nothing', ''],
    ['no YAML', 'a: b: c\n'],
  ])('are left alone: %s', (_, text) => {
    const tree = overlayTree(first, { [`${FOLDER}/other.yaml`]: text });

    expect(phases(tree)).toEqual(phases(first));
    expect(statusOf(tree, ['prod-eu'], KINDS)).toEqual(statusOf(first, ['prod-eu'], KINDS));
  });

  it.each([
    ['no spec', 'kind: SealedSecret\nmetadata: { name: a, namespace: b }\n'],
    [
      'a value that is no text',
      'kind: SealedSecret\nmetadata: { name: a, namespace: b }\nspec: { encryptedData: { c: 1 } }\n',
    ],
    ['two documents', 'kind: SealedSecret\n---\nkind: SealedSecret\n'],
  ])('are refused by name where they are meant to be one: %s', (_, text) => {
    const tree = overlayTree(first, { [`${FOLDER}/other.yaml`]: text });

    expect(() => sealedFiles(tree, 'prod-eu')).toThrow(`${FOLDER}/other.yaml is not one SealedSecret`);
  });

  it('are refused in place of what a kind reads', () => {
    const tree = overlayTree(first, { [`${FOLDER}/database-roles.yaml`]: 'kind: Secret\n' });

    expect(() => phases(tree)).toThrow(`${FOLDER}/database-roles.yaml is not one SealedSecret`);
  });
});
