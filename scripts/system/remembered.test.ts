import { expect, it } from 'vitest';
import { remembered } from './remembered.ts';

function counted(most: number) {
  const asked: string[] = [];
  const of = remembered((text) => {
    asked.push(text);
    return text === 'none' ? undefined : text.length;
  }, most);
  return { asked, of };
}

it('asks once for each text, also where the answer is nothing', () => {
  const { asked, of } = counted(10);
  expect(['a', 'none', 'a', 'none'].map(of)).toEqual([1, undefined, 1, undefined]);
  expect(asked).toEqual(['a', 'none']);
});

it('keeps no more than it may, and forgets nothing for a text that it knows', () => {
  const { asked, of } = counted(2);
  for (const text of ['a', 'b', 'a', 'b', 'c', 'a']) of(text);
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
});

it('remembers no error', () => {
  let tries = 0;
  const of = remembered(() => {
    tries++;
    throw new Error('no');
  }, 2);
  for (const _ of [1, 2]) expect(() => of('a')).toThrow('no');
  expect(tries).toBe(2);
});
