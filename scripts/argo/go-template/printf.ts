import { unsupported } from '../expansion-error.ts';
import { quote } from './unquote.ts';
import { Int64, printed, typeName } from './value.ts';

/** The verbs that templates use: %v %s %q %d %t %f %x %%, with `-`, `0`, `+`, width and precision. */
export function goPrintf(format: string, ...args: unknown[]): string {
  let next = 0;
  const text = format.replace(
    /%([-+0# ]*)(\d*)(?:\.(\d*))?(.?)/gsu,
    (whole, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (verb === '' || verb === '*' || /[# ]/.test(flags) || Number(width) > 1000)
        throw unsupported(`\`${whole}\` in a format`);
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const body = formatted(verb, args[next++], flags, precision);
      return padded(body, flags, Number(width));
    },
  );
  if (next >= args.length) return text;
  const extra = args.slice(next).map((value) => (value === null ? '<nil>' : `${typeName(value)}=${printed(value)}`));
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatted(verb: string, value: unknown, flags: string, precision: string | undefined): string {
  const integer = value instanceof Int64 ? value.value : value;
  const cut = (text: string) => (precision === undefined ? text : [...text].slice(0, Number(precision)).join(''));
  const sign = (text: string) => (flags.includes('+') && !text.startsWith('-') ? `+${text}` : text);
  if ((verb === 's' || verb === 'v') && typeof value === 'string') return cut(value);
  if (verb === 'q' && typeof value === 'string') return quote(cut(value));
  if (verb === 'v' && precision === undefined)
    return typeof integer === 'bigint' || typeof value === 'number' ? sign(printed(value)) : printed(value);
  if (verb === 'd' && typeof integer === 'bigint' && precision === undefined) return sign(String(integer));
  if (verb === 't' && typeof value === 'boolean') return String(value);
  if (verb === 'f' && typeof value === 'number' && Math.abs(value) < 1e21)
    return sign(value.toFixed(precision === undefined ? 6 : Number(precision)));
  if (verb === 'x' && typeof integer === 'bigint' && precision === undefined) return integer.toString(16);
  if (Array.isArray(value) || value instanceof Map || !/^[svqdt]$/.test(verb) || precision !== undefined)
    throw unsupported(`%${verb} of ${typeName(value)}`);
  return value === null ? `%!${verb}(<nil>)` : `%!${verb}(${typeName(value)}=${printed(value)})`;
}

function padded(text: string, flags: string, width: number): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
