import { expect, it } from 'vitest';
import { legalStep } from '../../../rotate/engine.ts';
import type { ClusterFacts } from '../../../rotate/facts/facts.ts';
import { inEach } from '../../../rotate/gates/collected.ts';
import { gatesOf } from '../../../rotate/gates-of.ts';
import type { Gate, RotationKind } from '../../../rotate/rotation.ts';
import { treeOf } from '../../../system/source-tree.ts';
import { closedReasons, seenReasons } from './closed-gates.ts';

/** One gate, which every istiod must pass. */
const ready: Gate = {
  name: 'ready',
  wants: 'every istiod is ready',
  reads: ['istiods'],
  check: (facts: readonly ClusterFacts[]) =>
    inEach(facts, 'istiods', (all) => all.filter((one) => !one.ready).map(({ pod }) => `${pod} is not ready`)),
};
const transition = { does: '', gates: [ready], step: async () => new Map() };
const kind: RotationKind = {
  name: 'one',
  summary: '',
  phases: [{ name: 'at rest', holds: '', forward: transition }],
  observe: () => 'at rest',
};

/** @param istiods what was collected of them, in the only cluster; undefined where nothing was */
function gates(istiods?: object) {
  const facts = istiods ? [{ cluster: 'lab-1', collectedAt: new Date().toISOString(), istiods } as ClusterFacts] : [];
  return gatesOf(treeOf({}), kind, legalStep(kind, kind.phases[0], 'forward'), ['lab-1'], facts, new Date());
}
const istiod = (isReady: boolean) => ({ value: [{ pod: 'istiod-1', ready: isReady }] });

it('a gate is closed by what was seen', () => {
  expect(seenReasons(gates(istiod(false)))).toEqual(['lab-1: istiod-1 is not ready']);
});

it('nothing was seen where it is open', () => {
  expect(closedReasons(gates(istiod(true)))).toEqual([]);
});

it.each<[string, object | undefined]>([
  ['a cluster could not be read', { unreadable: 'connect ECONNREFUSED' }],
  ['nothing was collected', undefined],
])('nor where it is closed because %s', (_, istiods) => {
  expect(closedReasons(gates(istiods))).not.toEqual([]);
  expect(seenReasons(gates(istiods))).toEqual([]);
});
