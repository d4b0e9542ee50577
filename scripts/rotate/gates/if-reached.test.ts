import { beforeAll, describe, expect, it } from 'vitest';
import { createRoot } from '../../secrets/certificates.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { legalStep, phaseOf } from '../engine.ts';
import { gatesOf } from '../gates-of.ts';
import { database } from '../kinds/database.ts';
import { meshRoot } from '../kinds/mesh-root.ts';
import { session } from '../kinds/session.ts';
import { wiz } from '../kinds/wiz.ts';
import type { RotationKind } from '../rotation.ts';
import { readRotationFile } from '../rotation-file.ts';
import { type RotationTree, rotationTree, stepped } from '../testing/rotation-tree.ts';

const CLUSTERS = ['prod-eu', 'prod-us'];
let first: RotationTree;
let newRoot: Awaited<ReturnType<typeof createRoot>>;
beforeAll(async () => {
  first = await rotationTree(new Date(), CLUSTERS);
  newRoot = await createRoot(new Date());
});

const inputs = () => ({ meshRoot: newRoot, values: { 'wiz-client-id': 'a', 'wiz-client-secret': 'b' } });
const forward = (tree: SourceTree, kind: RotationKind, clusters = CLUSTERS) =>
  stepped(tree, kind, { clusters, inputs: inputs() });
const back = (tree: SourceTree, kind: RotationKind, clusters = CLUSTERS) =>
  stepped(tree, kind, { clusters, direction: 'back', inputs: { meshRoot: first.meshRoot } });

/** Reasons against the step back, where nothing is known of any cluster. */
function closed(tree: SourceTree, kind: RotationKind): string[] {
  const from = phaseOf(kind, tree, 'prod-eu');
  if (!from) throw new Error('no phase');
  const all = gatesOf(tree, kind, legalStep(kind, from, 'back'), ['prod-eu'], [], new Date());
  return all.flatMap(({ gates }) => gates.flatMap((gate) => gate.closed));
}

describe('the way back', () => {
  it.each([session, database, wiz, meshRoot])(
    'of $name is open, whatever the cluster does, until the rotation has gone further; and closed after that',
    async (kind) => {
      const begun = await forward(first.tree, kind);
      const further = await forward(begun, kind);
      const again = await back(further, kind);

      expect(closed(begun, kind)).toEqual([]);
      expect(phaseOf(kind, again, 'prod-eu')).toBe(phaseOf(kind, begun, 'prod-eu'));
      expect(readRotationFile(again, 'prod-eu').underWay[kind.name]?.reached).toBe(
        phaseOf(kind, further, 'prod-eu')?.name,
      );
      expect(closed(again, kind)).toContain('prod-eu: nothing was collected (--context or --from)');
      // Forgotten with the rotation, and once it is as far again.
      const ended = readRotationFile(await back(again, kind), 'prod-eu').underWay;
      const onceMore = readRotationFile(await forward(again, kind), 'prod-eu').underWay;
      expect([ended, onceMore].map((one) => one[kind.name]?.reached)).toEqual([undefined, undefined]);
    },
    60_000,
  );

  it('of mesh-root is closed where another member has gone further and come back', async () => {
    const begun = await forward(first.tree, meshRoot);
    const again = await back(await forward(begun, meshRoot, ['prod-us']), meshRoot, ['prod-us']);

    expect(closed(again, meshRoot)).toContain('prod-us: nothing was collected (--context or --from)');
  });

  it('of session leads from signing at once, while a rollout hangs: pods of both phases take both', async () => {
    expect(closed(await forward(await forward(first.tree, session), session), session)).toEqual([]);
  });
});
