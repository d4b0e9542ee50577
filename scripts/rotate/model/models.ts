import type { RotationTree } from '../testing/rotation-tree.ts';
import { databaseModel } from './database.ts';
import type { Model } from './explore.ts';
import type { Git, Omissions } from './git-steps.ts';
import { sessionModel } from './session.ts';
import { wizModel } from './wiz.ts';

/** Kinds whose values pods take, each with what must never happen. */
export function modelsOf(
  first: () => RotationTree,
  now: Date,
): Record<string, (left?: Omissions) => Promise<Model<Git>>> {
  const given = (): [RotationTree['tree'], RotationTree['sealingKey']['key'], Date] => [
    first().tree,
    first().sealingKey.key,
    now,
  ];
  return {
    session: (left) => sessionModel(...given(), left),
    database: (left) => databaseModel(...given(), left),
    wiz: (left) => wizModel(...given(), left),
  };
}
