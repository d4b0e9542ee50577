import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeSelector, type Labels, matchesLabels, parseMapSelector, parseSelector } from './selectors.ts';

const key = fc.constantFrom('app', 'tier', 'track');
const value = fc.constantFrom('a', 'b', '');
const labels = fc.dictionary(key, value);
const values = fc.array(value, { minLength: 1, maxLength: 3 });

function matches(selector: unknown, of: Labels): boolean {
  return matchesLabels(parseSelector(selector), of);
}

function expression(name: string, operator: string, list?: readonly string[]): object {
  return { matchExpressions: [{ key: name, operator, ...(list ? { values: list } : {}) }] };
}

describe('label selectors', () => {
  it('select everything when empty and nothing when absent', () => {
    fc.assert(
      fc.property(labels, (of) => {
        expect([matches({}, of), matches({ matchLabels: {}, matchExpressions: [] }, of)]).toEqual([true, true]);
        expect([matches(undefined, of), matches(null, of)]).toEqual([false, false]);
      }),
    );
  });

  it('read matchLabels as In with one value', () => {
    fc.assert(
      fc.property(key, value, labels, (name, one, of) => {
        expect(matches({ matchLabels: { [name]: one } }, of)).toBe(of[name] === one);
        expect(matches(expression(name, 'In', [one]), of)).toBe(of[name] === one);
      }),
    );
  });

  it('complement: NotIn is the opposite of In, DoesNotExist of Exists, also where the key is missing', () => {
    fc.assert(
      fc.property(key, values, labels, (name, list, of) => {
        expect(matches(expression(name, 'NotIn', list), of)).toBe(!matches(expression(name, 'In', list), of));
        expect(matches(expression(name, 'DoesNotExist'), of)).toBe(!matches(expression(name, 'Exists'), of));
        expect(matches(expression(name, 'Exists'), of)).toBe(name in of);
      }),
    );
  });

  it('demand every requirement', () => {
    const part = fc.oneof(
      fc.tuple(key, values).map(([name, list]) => expression(name, 'In', list)),
      fc.tuple(key, values).map(([name, list]) => expression(name, 'NotIn', list)),
      key.map((name) => expression(name, 'Exists')),
      fc.dictionary(key, value, { minKeys: 1 }).map((matchLabels) => ({ matchLabels })),
    ) as fc.Arbitrary<{ matchLabels?: object; matchExpressions?: object[] }>;
    fc.assert(
      fc.property(part, part, labels, (a, b, of) => {
        fc.pre(!a.matchLabels || !b.matchLabels);
        const both = {
          matchLabels: { ...a.matchLabels, ...b.matchLabels },
          matchExpressions: [...(a.matchExpressions ?? []), ...(b.matchExpressions ?? [])],
        };
        expect(matches(both, of)).toBe(matches(a, of) && matches(b, of));
      }),
    );
  });

  it.each([
    [expression('app', 'in', ['a']), 'operator `in`'],
    [expression('app', 'In', []), 'at least one value'],
    [expression('app', 'NotIn'), 'at least one value'],
    [expression('app', 'Exists', ['a']), 'no values'],
  ])('are invalid where the API server refuses them: %j', (selector, reason) => {
    const parsed = parseSelector(selector);
    expect(parsed.kind === 'invalid' ? parsed.reason : parsed.kind).toContain(reason);
    expect(matchesLabels(parsed, { app: 'a' })).toBe(false);
  });

  it('of a Service select nothing when empty', () => {
    expect(parseMapSelector({}).kind).toBe('nothing');
    expect(matchesLabels(parseMapSelector({ app: 'a' }), { app: 'a', tier: 'b' })).toBe(true);
    expect(matchesLabels(parseMapSelector({ app: 'a', tier: 'c' }), { app: 'a', tier: 'b' })).toBe(false);
  });

  it('read like the argument of kubectl get -l', () => {
    const selector = {
      matchLabels: { app: 'a' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['x', 'y'] },
        { key: 'track', operator: 'NotIn', values: ['z'] },
        { key: 'team', operator: 'Exists' },
        { key: 'legacy', operator: 'DoesNotExist' },
      ],
    };
    expect(describeSelector(parseSelector(selector))).toBe('app=a,tier in (x,y),track notin (z),team,!legacy');
  });
});
