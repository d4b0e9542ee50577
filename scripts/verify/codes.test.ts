import { describe, expect, it } from 'vitest';
import { liveCodes } from './codes.ts';
import { problemsOf } from './testing/example-cluster.ts';

describe('every code of a live cluster', () => {
  it.each(liveCodes)('$code $slug is all that its bad example shows', async ({ code, bad }) => {
    const codes = (await problemsOf(bad)).map((line) => line.split(' ')[0]);
    expect([...new Set(codes)]).toEqual([code]);
  });

  it.each(liveCodes)('$code $slug: its good example shows nothing', async ({ good }) => {
    expect(await problemsOf(good)).toEqual([]);
  });
});
