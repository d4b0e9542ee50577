import { describe, expect, it } from 'vitest';
import { parseObjects } from '../../render/rendered.ts';
import { objectDuplicateRule } from './object-duplicate.ts';
import { reportOf } from './rule-testing.ts';

const object = (apiVersion: string, kind: string, metadata: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {${metadata}}\n---\n`;

describe('object-duplicate', () => {
  it('knows an object again in another version of its API', () => {
    const v1 = object('autoscaling/v1', 'HorizontalPodAutoscaler', 'name: a, namespace: n');
    const v2 = object('autoscaling/v2', 'HorizontalPodAutoscaler', 'name: a, namespace: n');
    const [problem] = reportOf(objectDuplicateRule, v1 + v2);
    expect(problem?.message).toContain('as autoscaling/v1 and as autoscaling/v2');
  });

  it.each([
    ['namespace', object('v1', 'Service', 'name: a, namespace: m'), object('v1', 'Service', 'name: a, namespace: n')],
    ['kind', object('v1', 'Service', 'name: a'), object('v1', 'ServiceAccount', 'name: a')],
    ['group', object('v1', 'Service', 'name: a'), object('serving.knative.dev/v1', 'Service', 'name: a')],
    [
      'nothing, but with a generated name',
      object('v1', 'Pod', "name: '', generateName: a-"),
      object('v1', 'Pod', "name: '', generateName: a-"),
    ],
  ])('leaves objects alone that differ in %s', (_, first, second) => {
    expect(reportOf(objectDuplicateRule, first + second)).toEqual([]);
  });

  it('names the file of the first definition and reports every further one', () => {
    const [one] = parseObjects(object('v1', 'Service', 'name: a'));
    if (!one) throw new Error('no object');
    const objects = ['first.yaml', 'second.yaml', 'third.yaml'].map((origin) => ({ ...one, origin }));
    const messages = reportOf(objectDuplicateRule, objects).map(({ message }) => message);
    expect(messages).toEqual(Array(2).fill('Service `a` is defined twice, first in first.yaml'));
    const same = objects.map((object) => ({ ...object, origin: 'first.yaml' }));
    expect(reportOf(objectDuplicateRule, same)[0]?.message).toBe('Service `a` is defined twice');
  });
});
