import { expect, it } from 'vitest';
import { openGit } from '../git/git.ts';
import { gitRepository } from '../testing/git-repository.ts';
import { checkMove } from './promotion.ts';
import type { RingState } from './ring-state.ts';

/** Moves of the last of two rings, each at `main` or at one of three commits; the newest is what main is at. */
async function mover() {
  const repository = gitRepository({});
  const commits = [repository.git('rev-parse', 'HEAD'), repository.commit({ a: '1' }), repository.commit({ a: '2' })];
  const git = await openGit(repository.root);
  const at = (to: 'main' | number) => {
    const commit = commits[to === 'main' ? 2 : to] ?? '';
    return { revision: to === 'main' ? 'main' : commit, commit };
  };
  return (first: 'main' | number, rest: 'main' | number, to: 'main' | number) => {
    const rings: RingState[] = [
      { name: 'first', clusters: [], ...at(first) },
      { name: 'rest', clusters: [], ...at(rest) },
    ];
    return checkMove(git, rings, { ring: rings[1] as RingState, ...at(to) }, 'main');
  };
}

it('goes forward to what the ring before runs, and back to anything', async () => {
  const move = await mover();
  expect(await move(1, 0, 1)).toBe('forward');
  expect(await move('main', 0, 2)).toBe('forward');
  expect(await move('main', 0, 'main')).toBe('forward');
  expect(await move(0, 2, 1)).toBe('back');
  expect(await move(0, 1, 1)).toBe('nowhere');
  await expect(move(0, 0, 1)).rejects.toThrow('ring rest comes after ring first');
});

it('may be held where it is, whatever the ring before runs, but not follow the branch again', async () => {
  const move = await mover();
  expect(await move(0, 'main', 2)).toBe('stays');
  await expect(move(2, 2, 'main')).rejects.toThrow('ring rest comes after ring first');
});
