import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { refused } from '../../expansion-error.ts';
import { baseName, cleanPath, extension, folderName } from '../../go-path.ts';
import { readYaml } from '../../read-yaml.ts';
import { type Functions, fixed } from '../function.ts';
import { fromJson, toJson } from '../value.ts';

const digest = (algorithm: string) =>
  fixed(['string'], (text: string) => createHash(algorithm).update(text).digest('hex'));

/** sprig's encodings and paths, and `toYaml` and `fromYaml` of Argo CD. */
export const formatFunctions: Functions = {
  toJson: fixed(['any'], (value: unknown) => escapeHtml(jsonText(value))),
  mustToJson: fixed(['any'], (value: unknown) => escapeHtml(jsonText(value))),
  toRawJson: fixed(['any'], (value: unknown) => jsonText(value)),
  toPrettyJson: fixed(['any'], (value: unknown) => escapeHtml(jsonText(value, 2))),
  fromJson: fixed(['string'], (text: string) => parseJson(text) ?? null),
  mustFromJson: fixed(['string'], (text: string) => {
    const value = parseJson(text);
    if (value === undefined) throw refused('the text is no JSON');
    return value;
  }),
  toYaml: fixed(['any'], (value: unknown) =>
    stringify(sorted(toJson(value)), { lineWidth: 0, indentSeq: false, version: '1.1' }).replace(/\n$/, ''),
  ),
  fromYaml: fixed(['string'], (text: string) => {
    const value = fromJson(readYaml(text)) ?? new Map();
    if (!(value instanceof Map)) throw refused('the text is no YAML map');
    return value;
  }),
  fromYamlArray: fixed(['string'], (text: string) => {
    const value = fromJson(readYaml(text)) ?? [];
    if (!Array.isArray(value)) throw refused('the text is no YAML list');
    return value;
  }),
  b64enc: fixed(['string'], (text: string) => Buffer.from(text).toString('base64')),
  b64dec: fixed(['string'], (text: string) => {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.toString('base64') !== text) throw refused('the text is no base64');
    return bytes.toString();
  }),
  sha1sum: digest('sha1'),
  sha256sum: digest('sha256'),
  sha512sum: digest('sha512'),
  base: fixed(['string'], baseName),
  dir: fixed(['string'], folderName),
  clean: fixed(['string'], cleanPath),
  ext: fixed(['string'], extension),
  isAbs: fixed(['string'], (path: string) => path.startsWith('/')),
};

function parseJson(text: string): unknown {
  try {
    return fromJson(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(sorted(toJson(value)), null, indent).replace(/[\u2028\u2029]/g, unicodeEscape);
}

function escapeHtml(text: string): string {
  return text.replace(/[<>&]/g, unicodeEscape);
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Go writes maps in the order of their keys. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}
