import { describe, expect, it } from 'vitest';
import { byVersionPriority, joinApiVersion, newestStable, splitApiVersion } from './field-schema.ts';

describe('versions', () => {
  it('are ordered as the API server prefers them', () => {
    const versions = ['v1alpha1', 'v2beta2', 'v1', 'preview', 'v2', 'v2beta10', 'v11beta1', 'v10'];

    expect(versions.sort(byVersionPriority)).toEqual([
      'v10',
      'v2',
      'v1',
      'v11beta1',
      'v2beta10',
      'v2beta2',
      'v1alpha1',
      'preview',
    ]);
  });

  it('are stable only without alpha, beta or another name', () => {
    expect(newestStable(['v1beta1', 'v1', 'v2', 'v3alpha1'])).toBe('v2');
    expect(newestStable(['v1beta1', 'stable'])).toBeUndefined();
  });
});

describe('an apiVersion', () => {
  it.each([
    ['apps/v1', { group: 'apps', version: 'v1' }],
    ['v1', { group: '', version: 'v1' }],
  ])('%s is split and joined again', (apiVersion, parts) => {
    expect(splitApiVersion(apiVersion)).toEqual(parts);
    expect(joinApiVersion(parts.group, parts.version)).toBe(apiVersion);
  });
});
