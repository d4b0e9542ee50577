import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['replica', ['replicas', 'selector'], 'replicas'],
    ['matchlabels', ['matchLabels', 'matchExpressions'], 'matchLabels'],
    ['contianers', ['containers', 'initContainers'], 'containers'],
    ['imagePullPolcy', ['imagePullPolicy', 'image'], 'imagePullPolicy'],
    ['host', ['hosts', 'ports'], 'hosts'],
  ])('%s in %j is %s', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  it.each([
    ['two are as near', 'port', ['sport', 'ports']],
    ['all are far', 'selector', ['template', 'replicas']],
    ['there is none', 'x', []],
  ])('is nothing when %s', (_, word, candidates) => {
    expect(nearest(word, candidates)).toBeUndefined();
  });

  it('counts two swapped letters as one', () => {
    expect(nearest('ab', ['ba'], 1)).toBe('ba');
    expect(nearest('abcd', ['badc'], 1)).toBeUndefined();
  });
});
