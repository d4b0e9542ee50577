import { expect, it } from 'vitest';
import { judgeTraffic } from './judge-traffic.ts';
import type { Answer } from './load.ts';

const users = (...statuses: string[]): Answer[] =>
  statuses.map((status, index) => ({
    at: 100 + index,
    status,
    outcome: 'passed',
    seen: status === '000' ? 'no answer in time' : `status ${status}`,
  }));
const byPolicy: Answer = {
  at: 100,
  status: '403',
  outcome: 'refused',
  seen: 'status 403 by policy',
  refusedBy: 'callee',
};
const reset: Answer = { at: 100, status: '000', outcome: 'refused', seen: 'connection refused or reset' };
const unresolved: Answer = { at: 100, status: '000', outcome: 'unsent', seen: 'the name does not resolve' };
const served: Answer = { at: 101, status: '200', outcome: 'passed', seen: 'status 200' };
const refused = { intruder: [byPolicy], plaintext: [reset] };

it('finds nothing wrong when users are served and everything else is refused', () => {
  expect(judgeTraffic(users('200', '200'), { intruder: [byPolicy, unresolved], plaintext: [reset, reset] })).toEqual({
    problems: [],
    figures: [
      { name: 'requests of users', value: 2, unit: 'requests' },
      { name: 'of them failed', value: 0, unit: 'requests' },
      { name: 'forbidden requests, all refused', value: 3, unit: 'refused' },
      { name: 'of them by the policy of the callee', value: 1, unit: 'refused' },
    ],
  });
});

it('says how many requests of users failed, how and when', () => {
  expect(judgeTraffic(users('200', '503', '503', '000', '200'), refused).problems).toEqual([
    '3 of 5 requests of users failed (status 503: 2 times, from second 1 to 2; no answer in time: 1 times, from second 3 to 3)',
  ]);
});

it('says when a forbidden request passed, whatever the callee answered', () => {
  const lost: Answer = { ...served, status: '404', seen: 'status 404' };

  expect(judgeTraffic(users('200'), { ...refused, intruder: [byPolicy, served, lost] }).problems).toEqual([
    '2 forbidden requests of intruder passed (status 200: 1 times, from second 1 to 1; status 404: 1 times, from second 1 to 1)',
  ]);
});

it('does not take silence for success, nor one load for the other', () => {
  expect(judgeTraffic([], refused).problems).toEqual(['there was no traffic of users']);
  expect(judgeTraffic(users('200'), { ...refused, intruder: [] }).problems).toEqual([
    'there was no traffic of intruder',
  ]);
});

it('does not take a name that never resolves for a refusal', () => {
  expect(judgeTraffic(users('200'), { ...refused, plaintext: [unresolved, unresolved] }).problems).toEqual([
    'there was no traffic of plaintext',
  ]);
});
