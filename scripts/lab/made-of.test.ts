import { expect, it } from 'vitest';
import { type MadeOf, whyAnew } from './made-of.ts';

const made: MadeOf = {
  clusters: ['lab-1', 'lab-2'],
  images: 'store-1',
  configuration: 'c1',
  commit: '0123456789abcdef',
};
const both = ['lab-1', 'lab-2'];

it('goes on with a lab that runs whole and was made of the same', () => {
  expect(whyAnew(made, made, both)).toBeUndefined();
});

it.each<[string, Partial<MadeOf> | undefined, string[]]>([
  ['no cluster runs', {}, []],
  ['it does not say what it was made of', undefined, both],
  ['it was made with lab-1', { clusters: ['lab-1'] }, ['lab-1']],
  ['its images are older', { images: 'store-0' }, both],
  ['its configuration is older', { configuration: 'c0' }, both],
  ['it was made of commit fedcba98', { commit: 'fedcba9876543210' }, both],
  ['lab-2 has ended', {}, ['lab-1']],
])('makes it anew: %s', (why, difference, running) => {
  expect(whyAnew(made, difference && { ...made, ...difference }, running)).toBe(why);
});

it('makes it anew for one cluster where two run', () => {
  expect(whyAnew({ ...made, clusters: ['lab-1'] }, made, both)).toBe('it was made with lab-1 and lab-2');
});
