import type { V1Pod } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { hasReplacement } from './pods.ts';

const pod = (uid: string, ready: 'True' | 'False' = 'True', metadata: V1Pod['metadata'] = {}): V1Pod => ({
  metadata: { uid, ...metadata },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});
const before = [pod('one'), pod('two')];

it('a pod that was not there before and is ready has come in place of the one that went', () => {
  expect(hasReplacement(before, [pod('two'), pod('three')])).toBe(true);
});

it.each<[string, V1Pod[]]>([
  ['the others are ready, as they were', [pod('two')]],
  ['nothing has happened', before],
  ['the new one is not ready', [pod('two'), pod('three', 'False')]],
  ['the new one says nothing yet', [pod('two'), { metadata: { uid: 'three' } }]],
  ['the new one is on its way out', [pod('three', 'True', { deletionTimestamp: new Date() })]],
])('none has where %s', (_, now) => {
  expect(hasReplacement(before, now)).toBe(false);
});
