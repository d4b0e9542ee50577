import { expect, it } from 'vitest';
import type { Answer } from './load.ts';
import { judge } from './traffic.ts';

const answers = (...statuses: string[]): Answer[] => statuses.map((status, index) => ({ at: 100 + index, status }));

it('finds nothing wrong when users are served and everything else is refused', () => {
  expect(judge(answers('200', '200'), answers('403', '000', '000'))).toEqual({
    problems: [],
    figures: [
      { name: 'requests of users', value: 2, unit: 'requests' },
      { name: 'of them failed', value: 0, unit: 'requests' },
      { name: 'forbidden requests, all refused', value: 3, unit: 'refused' },
    ],
  });
});

it('says how many requests of users failed, how and when', () => {
  const { problems } = judge(answers('200', '503', '503', '000', '200'), answers('403'));

  expect(problems).toEqual([
    '3 of 5 requests of users failed (503: 2 times, from second 1 to 2; 000: 1 times, from second 3 to 3)',
  ]);
});

it('says when a forbidden request passed', () => {
  expect(judge(answers('200'), answers('403', '200')).problems).toEqual([
    '1 forbidden requests passed (200: 1 times, from second 1 to 1)',
  ]);
});

it('does not take silence for success', () => {
  expect(judge([], answers('403')).problems).toEqual(['there was no traffic']);
  expect(judge(answers('200'), []).problems).toEqual(['there was no traffic']);
});
