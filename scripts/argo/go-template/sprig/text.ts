import { refused, unsupported } from '../../expansion-error.ts';
import { type Functions, fixed, variadic } from '../function.ts';
import { quote } from '../unquote.ts';
import { printed, StringMap } from '../value.ts';

const MAX_TEXT = 1024 * 1024;

/** sprig's functions on text. */
export const textFunctions: Functions = {
  lower: fixed(['string'], (text: string) => eachLetter(text, (char) => char.toLowerCase())),
  upper: fixed(['string'], (text: string) => eachLetter(text, (char) => char.toUpperCase())),
  title: fixed(['string'], (text: string) =>
    text.replace(/(?<![\p{L}\p{Nd}_])\p{L}/gu, (char) => eachLetter(char, (one) => one.toUpperCase())),
  ),
  untitle: fixed(['string'], (text: string) =>
    text.replace(/(?<![\p{L}\p{Nd}_])\p{L}/gu, (char) => eachLetter(char, (one) => one.toLowerCase())),
  ),
  trim: fixed(['string'], (text: string) => text.trim()),
  trimAll: fixed(['string', 'string'], trimAll),
  trimall: fixed(['string', 'string'], trimAll),
  trimPrefix: fixed(['string', 'string'], (prefix: string, text: string) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  trimSuffix: fixed(['string', 'string'], (suffix: string, text: string) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  nospace: fixed(['string'], (text: string) => ofBytes(text).replace(/\s/g, '')),
  replace: fixed(['string', 'string', 'string'], (old: string, by: string, text: string) =>
    text.replaceAll(old, () => by),
  ),
  contains: fixed(['string', 'string'], (part: string, text: string) => text.includes(part)),
  hasPrefix: fixed(['string', 'string'], (prefix: string, text: string) => text.startsWith(prefix)),
  hasSuffix: fixed(['string', 'string'], (suffix: string, text: string) => text.endsWith(suffix)),
  trunc: fixed(['int', 'string'], trunc),
  substr: fixed(['int', 'int', 'string'], substring),
  repeat: fixed(['int', 'string'], (count: bigint, text: string) => {
    if (count < 0n || count * BigInt(text.length) > MAX_TEXT) throw unsupported(`a text repeated ${count} times`);
    return text.repeat(Number(count));
  }),
  indent: fixed(['int', 'string'], indent),
  nindent: fixed(['int', 'string'], (spaces: bigint, text: string) => `\n${indent(spaces, text)}`),
  quote: variadic([], 'any', (...values: unknown[]) =>
    present(values)
      .map((value) => quote(printed(value)))
      .join(' '),
  ),
  squote: variadic([], 'any', (...values: unknown[]) =>
    present(values)
      .map((value) => `'${printed(value)}'`)
      .join(' '),
  ),
  cat: variadic([], 'any', (...values: unknown[]) => present(values).map(printed).join(' ')),
  toString: fixed(['any'], (value: unknown) => printed(value)),
  split: fixed(['string', 'string'], (separator: string, text: string) => numbered(splitText(text, separator))),
  splitn: fixed(['string', 'int', 'string'], (separator: string, count: bigint, text: string) =>
    numbered(splitCount(text, separator, Number(count))),
  ),
  fail: fixed(['string'], (reason: string) => {
    throw refused(reason);
  }),
  splitList: fixed(['string', 'string'], (separator: string, text: string) => splitText(text, separator)),
};

function present(values: readonly unknown[]): unknown[] {
  return values.filter((value) => value !== null);
}

/** Go maps each letter to one letter: ß stays. */
function eachLetter(text: string, change: (char: string) => string): string {
  return [...text].map((char) => ([...change(char)].length === 1 ? change(char) : char)).join('');
}

function trimAll(cut: string, text: string): string {
  const letters = [...text];
  const isKept = (letter: string) => !cut.includes(letter);
  const first = letters.findIndex(isKept);
  return first < 0 ? '' : letters.slice(first, letters.findLastIndex(isKept) + 1).join('');
}

/** Go counts bytes here, and may cut a letter in two. */
function ofBytes(text: string): string {
  if (/[^\0-\x7f]/.test(text)) throw unsupported('cutting text that is not ASCII');
  return text;
}

function trunc(count: bigint, text: string): string {
  const length = Number(count);
  if (length >= 0) return Buffer.byteLength(text) > length ? ofBytes(text).slice(0, length) : text;
  return Buffer.byteLength(text) + length > 0 ? ofBytes(text).slice(length) : text;
}

function substring(from: bigint, to: bigint, text: string): string {
  const [start, end, { length }] = [Number(from), Number(to), ofBytes(text)];
  const last = start >= 0 && (end < 0 || end > length) ? length : end;
  if (last < 0 || last > length || Math.max(start, 0) > last) throw unsupported('a part that lies outside of the text');
  return text.slice(Math.max(start, 0), last);
}

function indent(spaces: bigint, text: string): string {
  if (spaces < 0n || spaces > 1000n) throw unsupported(`an indentation of ${spaces}`);
  const pad = ' '.repeat(Number(spaces));
  return pad + text.replaceAll('\n', `\n${pad}`);
}

function splitText(text: string, separator: string): string[] {
  return separator === '' ? [...text] : text.split(separator);
}

function splitCount(text: string, separator: string, count: number): string[] {
  const parts = splitText(text, separator);
  if (count < 0 || parts.length <= count) return parts;
  return count === 0 ? [] : [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

function numbered(parts: readonly string[]): StringMap {
  return new StringMap(parts.map((part, index) => [`_${index}`, part]));
}
