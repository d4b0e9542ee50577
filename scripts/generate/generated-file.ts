import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { SourcePosition } from '../findings/finding.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { parseYaml, positionAt } from '../yaml/yaml-file.ts';

const HEADER =
  /^# Generated from (\S+) by `npm run generate` \(body ([0-9a-f]{12})\)\. Do not edit: change the record\.\n/;
/** At the end of a generated line: the field that the value on it comes from, after the name of its file where that is not the record. */
const FROM = /\s# from (?:([\w-]+\.yaml) )?([\w.-]+)$/;

export function withHeader(record: string, body: string): string {
  return `# Generated from ${record} by \`npm run generate\` (body ${checksum(body)}). Do not edit: change the record.\n${body}`;
}

/** True for a file with the header, edited or not. */
export function isGenerated(text: string): boolean {
  return HEADER.test(text);
}

/** True when somebody has changed the body since it was generated. */
export function isEdited(text: string): boolean {
  const header = HEADER.exec(text);
  return header !== null && checksum(text.slice(header[0].length)) !== header[2];
}

/** For a place in a generated file the field to edit instead, of the record or of a file beside it; any other place is returned as it is. */
export function toRecordSource(tree: SourceTree, source: SourcePosition): SourcePosition {
  const text = tree.read(source.file) ?? '';
  const recordPath = HEADER.exec(text)?.[1];
  if (!recordPath) return source;
  const { file, field } = fieldAt(text.split('\n'), source.line - 1) ?? {};
  const path = file ? posix.join(posix.dirname(recordPath), file) : recordPath;
  const recordText = tree.read(path);
  if (!recordText) return source;
  const record = parseYaml(path, recordText);
  const at =
    field &&
    locate(
      record.documents[0]?.contents ?? null,
      field.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
    );
  return at ? positionAt(record, rangeOf(at)) : positionAt(record, [0, 0]);
}

/** The field named on a line, or first below it among the lines that are indented deeper: those that belong to it. */
function fieldAt(lines: readonly string[], start: number): { file?: string; field: string } | undefined {
  const indent = (line: string) => line.length - line.trimStart().length;
  const first = lines[start] ?? '';
  const below = lines.slice(start + 1);
  const end = below.findIndex((line) => indent(line) <= indent(first));
  return [first, ...below.slice(0, end < 0 ? undefined : end)]
    .map((line) => FROM.exec(line))
    .flatMap((match) => (match?.[2] ? [{ ...(match[1] ? { file: match[1] } : {}), field: match[2] }] : []))[0];
}

function checksum(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 12);
}
