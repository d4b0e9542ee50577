import { expect, it } from 'vitest';
import { reportOf } from '../k8s/rule-testing.ts';
import { secretMadeTwiceRule } from './secret-made-twice.ts';

const object = (kind: string, name: string, spec = '{}', namespace = 'ai-spm') => {
  const group = kind === 'SealedSecret' ? 'bitnami.com/v1alpha1' : 'external-secrets.io/v1';
  return `---\napiVersion: ${group}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n`;
};
const sealed = object('SealedSecret', 'a');
const found = (...texts: string[]) => reportOf(secretMadeTwiceRule, texts.join('')).map(({ message }) => message);

it.each([
  ['by its own name', object('ExternalSecret', 'a')],
  ['by the name of its target', object('ExternalSecret', 'b', '{ target: { name: a, creationPolicy: Orphan } }')],
])('secret-made-twice reports a Secret that is sealed and comes from a vault, %s', (_, external) => {
  expect(found(sealed, external)).toEqual([
    expect.stringContaining('makes the Secret `a`, and so does SealedSecret `a`'),
  ]);
  expect(found(external, sealed)).toHaveLength(1);
});

it('secret-made-twice reports two ExternalSecrets with one target', () => {
  expect(found(object('ExternalSecret', 'a'), object('ExternalSecret', 'b', '{ target: { name: a } }'))).toHaveLength(
    1,
  );
});

it.each([
  ['in another namespace', object('ExternalSecret', 'a', '{}', 'other')],
  ['under another name', object('ExternalSecret', 'a', '{ target: { name: b } }')],
  ['that only adds to it', object('ExternalSecret', 'b', '{ target: { name: a, creationPolicy: Merge } }')],
  ['that is defined twice, which has a code of its own', sealed],
])('secret-made-twice reports none %s', (_, other) => {
  expect(found(sealed, other)).toEqual([]);
});
