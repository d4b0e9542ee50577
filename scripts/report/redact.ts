/**
 * Hides secret values in source text before a frame or a page shows it: reports are published, and a finding about a plaintext
 * Secret must not spread it. Works on lines, not on parsed YAML, since files with syntax errors are shown too. Every hidden
 * character becomes one `*`, so that positions hold.
 */

import { redactNamed } from './redact-named.ts';

const HOLDS_SECRETS = /["']?\bkind["']?\s*:\s*["']?Secret\b|\bsecretGenerator\b/;
const SECRET_FIELD = /^(\s*(?:-\s+)*)["']?(data|stringData|literals)["']?\s*:\s*(.*)$/;
const SECRET_PATCH = /\bpath["']?\s*:\s*["']?\/(?:data|stringData)\b/;
const PATCH_VALUE = /^(.*?\bvalue["']?\s*:\s*)(.*)$/;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** `user:password@` of a URL, unless the password is a reference such as `$(PASSWORD)`. */
const URL_PASSWORD = /(:\/\/[^\s:@/]*:)(?!\$[({])([^\s@/]+)(?=@)/g;

export function redact(text: string): string {
  const plain = redactNamed(text, mask)
    .replace(PRIVATE_KEY, mask)
    .replace(URL_PASSWORD, (_, before: string, secret: string) => before + mask(secret));
  if (!HOLDS_SECRETS.test(plain)) return plain;
  return plain
    .split(/^(?=---(?:\s|$))/m)
    .map((document) => (HOLDS_SECRETS.test(document) ? redactDocument(document) : document))
    .join('');
}

function redactDocument(document: string): string {
  const isPatch = SECRET_PATCH.test(document);
  let field: { indent: number; separator: string; entries?: number } | undefined;
  const lines = document.split('\n').map((line) => {
    const indent = line.search(/\S/);
    if (indent < 0) return line;
    if (
      field &&
      (indent > field.indent || (indent === field.indent && field.separator === '=' && line[indent] === '-'))
    ) {
      field.entries ??= indent;
      // Deeper lines continue a value: `abc=` there is base64, not a key.
      return indent > field.entries ? mask(line) : maskEntry(line, field.separator);
    }
    const [, before = '', name, value = ''] = SECRET_FIELD.exec(line) ?? [];
    field = name === undefined ? undefined : { indent: before.length, separator: name === 'literals' ? '=' : ':' };
    if (name !== undefined) return line.slice(0, line.length - value.length) + mask(value);
    return isPatch ? line.replace(PATCH_VALUE, (_, key: string, secret: string) => key + mask(secret)) : line;
  });
  return lines.join('\n');
}

function maskEntry(line: string, separator: string): string {
  const end = line.indexOf(separator) + 1;
  return end === 0 ? mask(line) : line.slice(0, end) + mask(line.slice(end));
}

function mask(text: string): string {
  return text.replace(/\S/g, '*');
}
