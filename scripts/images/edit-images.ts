import { isMap, isScalar, type Pair, type ParsedNode, parseDocument, type YAMLMap } from 'yaml';
import { sameValue } from '../resources/value.ts';
import { UserError } from '../system/user-error.ts';

type Field = 'newTag' | 'digest';
type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Fields that a new one is put after, the first of them that is there. */
const AFTER: Record<Field, readonly string[]> = { digest: ['newTag', 'newName', 'name'], newTag: ['newName', 'name'] };

/**
 * Sets a field of one entry of `images:`, or takes it away where the value is `undefined`. Every other byte of the text stays.
 * @throws UserError where the entry is written in a form that this cannot edit
 */
export function setImageField(text: string, name: string, field: Field, value: string | undefined): string {
  const document = parseDocument(text, { merge: true });
  const expected = document.toJS() as { images: Record<string, unknown>[] };
  const index = expected.images.findIndex((image) => image['name'] === name);
  const entry = document.getIn(['images', index]);
  const edit = isMap(entry) ? editOf(text, entry as YAMLMap.Parsed, field, value) : undefined;
  const edited = edit ? text.slice(0, edit.start) + edit.text + text.slice(edit.end) : text;
  if (value === undefined) delete expected.images[index]?.[field];
  else Object.assign(expected.images[index] ?? {}, { [field]: value });
  const result = parseDocument(edited, { merge: true });
  if (result.errors.length === 0 && sameValue(result.toJS(), expected)) return edited;
  throw new UserError(`the entry of ${name} is written in a form that cannot be edited without changing the rest`, {
    fix: `write it with one field on each line, or set ${field} to ${value ?? 'nothing'} by hand`,
  });
}

function editOf(text: string, entry: YAMLMap.Parsed, field: Field, value: string | undefined): Edit | undefined {
  const pairs = entry.items as ParsedPair[];
  const at = pairs.findIndex((pair) => keyOf(pair) === field);
  const pair = pairs[at];
  if (pair) {
    if (value === undefined) return removal(text, pairs, at, entry.flow === true);
    const [start, end] = pair.value?.range ?? [0, 0];
    return { start, end, text: written(value, text.slice(start, end)) };
  }
  if (value === undefined) return undefined;
  const anchor = AFTER[field].map((key) => pairs.find((other) => keyOf(other) === key)).find((found) => found?.value);
  return anchor && insertion(text, anchor, field, value, entry.flow === true);
}

function insertion(text: string, anchor: ParsedPair, field: Field, value: string, isFlow: boolean): Edit {
  const valueEnd = anchor.value?.range[1] ?? 0;
  // Inside braces a plain scalar with a colon is read differently by different parsers.
  if (isFlow) return { start: valueEnd, end: valueEnd, text: `, ${field}: ${JSON.stringify(value)}` };
  const rest = /\r?\n|$/.exec(text.slice(valueEnd));
  const lineEnd = valueEnd + (rest?.index ?? 0);
  const keyStart = anchor.key.range[0];
  const indent = text.slice(text.lastIndexOf('\n', keyStart - 1) + 1, keyStart).replaceAll(/\S/g, ' ');
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const scalar = field === 'digest' ? value : JSON.stringify(value);
  return { start: lineEnd, end: lineEnd, text: `${newline}${indent}${field}: ${scalar}` };
}

function removal(text: string, pairs: readonly ParsedPair[], at: number, isFlow: boolean): Edit {
  const pair = pairs[at] as ParsedPair;
  const [before, after] = [pairs[at - 1], pairs[at + 1]];
  const start = pair.key.range[0];
  const end = pair.value?.range[1] ?? pair.key.range[1];
  // The first field shares its line with the dash or the brace.
  if (!before && after) return { start, end: after.key.range[0], text: '' };
  if (isFlow) return { start: before?.value?.range[1] ?? start, end, text: '' };
  const newline = text.indexOf('\n', end);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  // On the last line of a file without a final newline, the newline before goes instead.
  if (newline < 0) return { start: lineStart - (text[lineStart - 2] === '\r' ? 2 : 1), end: text.length, text: '' };
  return { start: lineStart, end: newline + 1, text: '' };
}

/** In the quotes that the old value had; a plain one stays plain where nobody can take it for a number. */
function written(value: string, old: string): string {
  if (old.startsWith("'")) return `'${value}'`;
  const staysPlain = !old.startsWith('"') && (/^v?\d+\.\d+\.\d/.test(value) || value.startsWith('sha256:'));
  return staysPlain ? value : JSON.stringify(value);
}

function keyOf(pair: ParsedPair): unknown {
  return isScalar(pair.key) ? pair.key.value : undefined;
}
