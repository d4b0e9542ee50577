import { refused, unsupported } from '../expansion-error.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** The text of a Go literal: with escapes between `"`, as it stands between backquotes. */
export function unquote(literal: string): string {
  const text = literal.slice(1, -1);
  if (literal.startsWith('`')) return text.replaceAll('\r', '');
  if (literal.startsWith("'")) throw unsupported('a character constant');
  return text.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gs, (_, name: string) => {
    const known = ESCAPES[name];
    if (known !== undefined) return known;
    if (!/^(?:x[0-7]|u|U00|[01])./.test(name)) throw refused(`\`\\${name}\` in a quoted text`);
    const code = /^[0-7]/.test(name) ? Number.parseInt(name, 8) : Number.parseInt(name.slice(1), 16);
    return String.fromCodePoint(code);
  });
}

/** As `%q` prints it. */
export function quote(text: string): string {
  const names = Object.entries(ESCAPES).map(([name, char]) => [char, `\\${name}`] as const);
  const escapes = new Map<string, string>(names);
  const escaped = text.replace(/["\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (char) => {
    const known = escapes.get(char);
    if (known !== undefined) return known;
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
