import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { hostEnded } from './host.ts';
import { CLUSTERS } from './layout.ts';

it('the end of a host says what it said last', () => {
  const [cluster] = CLUSTERS;
  if (!cluster) throw new Error('there is one');
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const state = temporaryTree({ 'host.log': `${lines.join('\n')}\nmount: permission denied\n` });

  const { what, details } = hostEnded({ ...cluster, state });
  expect(what).toBe('the host of lab-1 has ended');
  expect(details.why?.split('\n')).toEqual([...lines.slice(-9), 'mount: permission denied']);
});
