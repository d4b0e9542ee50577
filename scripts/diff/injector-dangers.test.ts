import { expect, it } from 'vitest';
import { FILE } from './file-items.ts';
import { injectorDangers } from './injector-dangers.ts';
import { itemComparer, itemReader, type ObjectChange, shareChanges } from './object-changes.ts';

const namespace = (label: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: ai-spm, labels: { ${label} } }\n`;
const read = itemReader();
const moved = itemComparer()(read(namespace('istio-injection: enabled')), read(namespace('istio.io/rev: canary')));

function values(kind: ObjectChange['kind'], value: object): ObjectChange {
  const ref = { apiVersion: '', kind: FILE, name: 'clusters/a/chart-values.yaml' };
  const object = { ref, value: value as never };
  return { kind, ref, fields: [], ...(kind === 'removed' ? { before: object } : { after: object }) };
}

const found = (...changes: ObjectChange[]) =>
  injectorDangers(shareChanges(new Map([['clusters/a', changes]]))).map(({ message }) => message.split(':')[0]);
const STARTS = 'a second istiod starts with the change that gives it pods';
const GOES = 'the second istiod goes with the change that takes its pods';
const GATEWAY = { canary: { enabled: true }, gateway: { revision: 'canary' } };

it('tells of an istiod that starts or goes with its pods', () => {
  expect(found(values('added', { canary: { enabled: true } }), ...moved)).toEqual([STARTS]);
  expect(found(values('added', GATEWAY))).toEqual([STARTS]);
  expect(found(values('removed', {}), ...moved)).toEqual([GOES]);
  expect(found(values('removed', GATEWAY))).toEqual([GOES]);
});

it('lets it start or go alone, and pods move while both run', () => {
  expect(found(values('added', { canary: { enabled: true } }))).toEqual([]);
  expect(found(values('removed', { canary: { enabled: true } }))).toEqual([]);
  expect(found(values('changed', GATEWAY), ...moved)).toEqual([]);
  expect(found(...moved)).toEqual([]);
});
