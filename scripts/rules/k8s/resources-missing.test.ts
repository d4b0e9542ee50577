import { describe, expect, it } from 'vitest';
import { DEPLOYMENT } from './example.ts';
import { resourcesMissingRule } from './resources-missing.ts';
import { reportOf, withField } from './rule-testing.ts';

const SPEC = ['spec', 'template', 'spec'];
const RESOURCES = [...SPEC, 'containers', 0, 'resources'];
const limits = (item: string, namespace = 'ai-spm') =>
  `---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: ${namespace}}\nspec: {limits: [{${item}}]}\n`;
const report = (path: readonly (string | number)[], value: unknown, others = '') =>
  reportOf(resourcesMissingRule, withField(DEPLOYMENT + others, path, value), false).map(
    ({ path: at, message }) => `${at.replace('/spec/template/spec', '')} ${message.replace(/.* has no /, '')}`,
  );

describe('resources-missing', () => {
  it.each([
    [undefined, '/containers/0 `requests.cpu`, `requests.memory` and `limits.memory`'],
    [{ limits: { cpu: 1 } }, '/containers/0/resources `requests.memory` and `limits.memory`'],
    [{ requests: { cpu: 1, memory: '1Gi' }, limits: { cpu: 1 } }, '/containers/0/resources `limits.memory`'],
    [{ requests: { cpu: null }, limits: { memory: '1Gi' } }, '/containers/0/resources `requests.cpu`'],
  ])('of %j', (resources, expected) => {
    expect(report(RESOURCES, resources)).toEqual([expected]);
  });

  it.each([{ limits: { cpu: 1, memory: '1Gi' } }, { requests: { cpu: 1 }, limits: { memory: '1Gi' } }])(
    'accepts %j',
    (resources) => {
      expect(report(RESOURCES, resources)).toEqual([]);
    },
  );

  it('asks init containers and sidecars too, and ephemeral containers, which cannot have any, not', () => {
    expect(report([...SPEC, 'initContainers'], [{ name: 'a' }, { name: 'b', restartPolicy: 'Always' }])).toHaveLength(
      2,
    );
    expect(report([...SPEC, 'ephemeralContainers'], [{ name: 'a' }])).toEqual([]);
  });

  it('takes resources of the whole pod for those of its containers', () => {
    const extra = {
      containers: [{ name: 'a' }, { name: 'b' }],
      resources: { requests: { cpu: 1 }, limits: { memory: '1Gi' } },
    };
    expect(report(SPEC, extra)).toEqual([]);
    expect(report(SPEC, { ...extra, resources: { requests: { cpu: 1 } } })).toHaveLength(2);
  });

  it('knows the defaults of a LimitRange in the same namespace', () => {
    const all = 'type: Container, default: {memory: 1Gi}, defaultRequest: {cpu: 1}';
    expect(report(RESOURCES, {}, limits(all))).toEqual([]);
    expect(report(RESOURCES, {}, limits('type: Container, max: {memory: 1Gi}, min: {cpu: 1}'))).toEqual([]);
    expect(report(RESOURCES, {}, limits(all, 'other'))).toHaveLength(1);
    expect(report(RESOURCES, {}, limits(all.replace('Container', 'Pod')))).toHaveLength(1);
    expect(report(RESOURCES, {}, limits('type: Container, defaultRequest: {cpu: 1, memory: 1Gi}'))).toEqual([
      '/containers/0/resources `limits.memory`',
    ]);
  });
});
