import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comparableSet } from './testing/comparable.ts';
import { expandFixture, fixtureSets, recordings } from './testing/fixture-sets.ts';

describe('an ApplicationSet is expanded as Argo CD does', () => {
  const recorded = recordings();

  it.each(fixtureSets.map((path) => [basename(path, '.yaml'), path]))('%s', (name, path) => {
    const answer = recorded[name];
    const { applications, error } = expandFixture(path);
    expect({ refused: error !== undefined, applications: comparableSet(applications) }, error?.message).toEqual({
      refused: answer?.error !== undefined,
      applications: answer?.applications ?? [],
    });
  });

  it('in sets of every kind', () => {
    const all = Object.values(recorded);
    expect(all.filter(({ applications }) => (applications?.length ?? 0) > 0).length).toBeGreaterThan(40);
    expect(all.filter(({ error }) => error !== undefined).length).toBeGreaterThan(30);
  });
});
