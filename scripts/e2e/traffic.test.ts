import { expect, it } from 'vitest';
import { startAll } from './traffic.ts';

const load = (stopped: string[], name: string) => ({
  async stop() {
    stopped.push(name);
    if (name === 'broken') throw new Error('it does not stop');
  },
});

it('gives all that have started', async () => {
  const stopped: string[] = [];

  expect(await startAll([Promise.resolve(load(stopped, 'one')), Promise.resolve(load(stopped, 'two'))])).toHaveLength(
    2,
  );
  expect(stopped).toEqual([]);
});

it('stops the others when one does not start, and says why that one did not', async () => {
  const stopped: string[] = [];
  const later = new Promise<ReturnType<typeof load>>((resolve) =>
    setTimeout(() => resolve(load(stopped, 'later')), 20),
  );
  const starting = [Promise.resolve(load(stopped, 'broken')), Promise.reject(new Error('no image')), later];

  await expect(startAll(starting)).rejects.toThrow('no image');
  expect(stopped).toEqual(['broken', 'later']);
});
