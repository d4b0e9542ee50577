import { expect, it } from 'vitest';
import { waitFor } from './wait-for.ts';

const waiting = { what: 'the answer', timeoutMs: 5000, everyMs: 1, fix: 'look there' };

it('asks until there is an answer; an error is none', async () => {
  const answers = [undefined, new Error('not yet'), 'yes'];
  const ask = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };

  expect(await waitFor(ask, waiting)).toBe('yes');
});

it('says the last reason when time is up', async () => {
  const never = waitFor(() => Promise.reject(new Error('no connection')), { ...waiting, timeoutMs: 10 });

  await expect(never).rejects.toMatchObject({
    what: 'the answer did not come within 0.01 s',
    details: { why: 'no connection', fix: 'look there' },
  });
});

it('does not wait for what cannot come any more', async () => {
  let asked = 0;
  const ask = async () => {
    asked++;
    return undefined;
  };
  const isHopeless = () => (asked === 2 ? new Error('it has ended') : undefined);

  await expect(waitFor(ask, { ...waiting, isHopeless })).rejects.toThrow('it has ended');
  expect(asked).toBe(2);
});
