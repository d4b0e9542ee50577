import { refused, unsupported } from '../expansion-error.ts';
import { type Functions, fixed, variadic } from './function.ts';

/** A text as a DNS name (Argo CD's `normalize`): at most 253 of a-z, 0-9, `-` and `.`, with a letter or digit at both ends. */
export function normalizeName(text: string): string {
  const plain = [...text.toLowerCase()].map((char) => (/^[-a-z0-9.]$/.test(char) ? char : '-')).join('');
  return plain.slice(0, 253).replace(/^[-.]+|[-.]+$/g, '');
}

/** `slugify SIZE SMART TEXT`, the first two optional: 50 letters at most, cut at the end of a word. */
function slugify(...args: unknown[]): string {
  const text = args.at(-1) ?? '';
  const [size, isSmart] = [args.length > 1 ? args[0] : 50n, args.length > 2 ? args[1] : true];
  if (args.length > 3) throw unsupported('`slugify` with more than three arguments');
  if (typeof text !== 'string' || typeof size !== 'bigint' || typeof isSmart !== 'boolean') {
    throw refused('`slugify` takes a number, a boolean and a text');
  }
  const limit = Number(size);
  const name = normalizeName(text).trim();
  if (!isSmart && limit < 0) throw refused('`slugify` with a size below zero');
  const slug = (!isSmart && name.length >= limit ? name.slice(0, limit) : name)
    .replaceAll('.', '-')
    .replace(/-{2,}/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '');
  if (limit <= 0 || !isSmart || slug.length <= limit) return slug;
  const word = slug.lastIndexOf('-', limit);
  return slug.slice(0, word >= 0 ? word : limit);
}

/** The functions that Argo CD adds to sprig's. */
export const nameFunctions: Functions = {
  normalize: fixed(['string'], normalizeName),
  slugify: variadic([], 'any', slugify),
};
