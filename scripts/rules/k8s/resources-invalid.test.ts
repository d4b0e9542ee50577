import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit } from './example.ts';
import { resourcesInvalidRule } from './resources-invalid.ts';
import { pathsOf } from './rule-testing.ts';

const RESOURCES = '/spec/template/spec/containers/0/resources';

function report(changes: Record<string, string>): string[] {
  return pathsOf(resourcesInvalidRule, edit(DEPLOYMENT, changes));
}

describe('resources-invalid', () => {
  it('compares amounts, not texts', () => {
    expect(report({ 'memory: 256Mi': 'memory: 0.5Gi' })).toEqual([]);
    expect(report({ 'memory: 256Mi': 'memory: 600M' })).toEqual([
      `Deployment/api-gateway ${RESOURCES}/requests/memory`,
    ]);
    expect(report({ 'memory: 512Mi': 'memory: 512Mi\n              cpu: 100m' })).toEqual([
      `Deployment/api-gateway ${RESOURCES}/requests/cpu`,
    ]);
  });

  it('knows resources with a domain and huge pages', () => {
    expect(
      report({ 'memory: 512Mi': 'memory: 512Mi\n              nvidia.com/gpu: 1\n              hugepages-2Mi: 4Mi' }),
    ).toEqual([]);
    expect(report({ 'memory: 512Mi': 'memory: 512Mi\n              memroy: 1Gi' })).toEqual([
      `Deployment/api-gateway ${RESOURCES}/limits/memroy`,
    ]);
  });

  it('leaves what is no quantity to the schema', () => {
    expect(report({ 'memory: 256Mi': 'memory: lots' })).toEqual([]);
  });
});
