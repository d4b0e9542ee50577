import { beforeAll, describe, expect, it } from 'vitest';
import { type RotationTree, rotationTree } from '../testing/rotation-tree.ts';
import { databaseModel } from './database.ts';
import { explore } from './explore.ts';
import { sessionModel } from './session.ts';
import { wizModel } from './wiz.ts';

const now = new Date();
let first: RotationTree;
beforeAll(async () => {
  first = await rotationTree(now);
});

describe('session', () => {
  it.each([
    ['s', sessionModel],
    ['d', databaseModel],
    ['w', wizModel],
  ] as const)('no session that lives is refused', async (_, m) => {
    const t = performance.now();
    const model = await (m as any)(first.tree, first.sealingKey.key, now);
    const t2 = performance.now();
    try {
      console.log(explore(model, 150000), t2 - t, performance.now() - t2);
    } catch (e) {
      console.log(String(e), performance.now() - t2);
    }
    expect(1).toBe(1);
  });
});
