import { expect, it } from 'vitest';
import { parseQuantity } from './quantity.ts';

it.each([
  ['500m', 0.5],
  ['2', 2],
  [2, 2],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['1G', 1e9],
  ['1e3', 1000],
  ['1E', 1e18],
  ['12e6', 12e6],
  ['.5', 0.5],
])('%s is %d', (text, number) => {
  expect(parseQuantity(text)).toBe(number);
});

it.each(['', 'Gi', '1GB', '1 Gi', 'two', null, undefined])('%s is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});
