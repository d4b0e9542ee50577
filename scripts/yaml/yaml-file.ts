import {
  type Document,
  isAlias,
  isScalar,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  visit,
  type YAMLError,
} from 'yaml';
import type { SourcePosition } from '../findings/finding.ts';
import { nestingBound } from './nesting.ts';

/** Offsets `[start, end)` in the text of a file. */
export type Range = readonly [start: number, end: number];

export interface YamlProblem {
  kind: 'syntax' | 'duplicate-key' | 'hostile';
  message: string;
  range: Range;
}

/** One YAML file with positions, as a person edits it. */
export interface YamlFile {
  /** Relative to the repository root. */
  path: string;
  text: string;
  documents: readonly Document.Parsed[];
  problems: readonly YamlProblem[];
  lines: LineCounter;
  /** Where the text stands when it is a block inside another file (an inline patch). */
  within?: { line: number; column: number };
}

/** Larger files are refused unread: the largest manifest in common use, a CRD bundle, stays under it. */
export const MAX_FILE_BYTES = 1024 * 1024;
/** The limit of the `yaml` library for what aliases may expand to; an honest manifest has no use for a tenth of it. */
const MAX_ALIASES = 100;
/** The deepest manifests in common use, CRDs written as JSON, stay under a third of it. */
const MAX_DEPTH = 100;

export interface ParseOptions {
  within?: NonNullable<YamlFile['within']>;
  maxBytes?: number;
}

/** Parses every document of a file; never throws: whatever is wrong with the text is in `problems`. */
export function parseYaml(
  path: string,
  text: string,
  { within, maxBytes = MAX_FILE_BYTES }: ParseOptions = {},
): YamlFile {
  const file = { path, text, ...(within ? { within } : {}) };
  if (Buffer.byteLength(text) > maxBytes) {
    const problem = hostile(`is larger than ${maxBytes / 1024} KiB and was not read`, [0, 0]);
    return { ...file, documents: [], problems: [problem], lines: new LineCounter() };
  }
  const lines = new LineCounter();
  const { depth, offset } = nestingBound(text);
  if (depth > MAX_DEPTH) {
    lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
    return {
      ...file,
      documents: [],
      problems: [hostile(`is nested more than ${MAX_DEPTH} levels deep`, [offset, offset])],
      lines,
    };
  }
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const all = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  const problems = all.flatMap((document) => [
    ...document.errors.map((error) => toProblem(error, text)),
    ...valueProblems(document),
  ]);
  // Values of such a document cannot be had without the harm that the problem names.
  const isSafe = problems.every(({ kind }) => kind !== 'hostile');
  const documents = isSafe ? all.filter(isFilled) : [];
  return { ...file, documents, problems: [...notText(text), ...problems], lines };
}

/** `---` at the end, or comments alone: kubectl and kustomize pass over such documents. */
function isFilled({ contents }: Document.Parsed): boolean {
  return contents !== null && !(isScalar(contents) && contents.value === null);
}

/** A NUL byte, or the replacement character that stands for bytes that are no UTF-8. */
function notText(text: string): YamlProblem[] {
  const found = /[\0\ufffd]/.exec(text);
  if (!found) return [];
  const what = found[0] === '\0' ? 'a NUL byte' : 'bytes that are not UTF-8';
  return [{ kind: 'syntax', message: `the file holds ${what}: it is no text`, range: [found.index, found.index + 1] }];
}

function toProblem({ code, message, pos }: YAMLError, text: string): YamlProblem {
  if (code !== 'DUPLICATE_KEY') return { kind: 'syntax', message, range: pos };
  const [key = ''] = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:]+)/.exec(text.slice(pos[0], pos[0] + 200)) ?? [];
  return {
    kind: 'duplicate-key',
    message: `the key \`${key}\` stands twice in this map`,
    range: [pos[0], pos[0] + key.length],
  };
}

function hostile(message: string, range: Range): YamlProblem {
  return { kind: 'hostile', message, range };
}

/** Aliases and `<<` are only resolved when values are asked for: those that lead nowhere or expand without measure show then. */
function valueProblems(document: Document.Parsed): YamlProblem[] {
  let first: Range | undefined;
  const at = (node: unknown) => {
    if ((isAlias(node) || isScalar(node)) && node.range) first ??= [node.range[0], node.range[1]];
  };
  visit(document, {
    Alias: (_, node) => at(node),
    Pair: (_, { key }) => {
      if (isScalar(key) && key.source === '<<') at(key);
    },
  });
  if (!first || document.errors.length > 0) return [];
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return holdsItself(value, []) ? [hostile('has an alias inside the value that it stands for', first)] : [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isBomb = error.message.startsWith('Excessive');
    return [
      isBomb
        ? hostile('has aliases that expand to an absurd size', first)
        : { kind: 'syntax', message: error.message, range: first },
    ];
  }
}

/** Values that contain themselves have no end for whoever walks them. */
function holdsItself(value: unknown, above: readonly unknown[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return above.includes(value) || Object.values(value).some((child) => holdsItself(child, [...above, value]));
}

/** Position of a range in the file that a person opens, also for text inside another file. */
export function positionAt(file: YamlFile, [start, end]: Range): SourcePosition {
  const from = file.lines.linePos(start);
  // An empty file has no line yet in the counter.
  const line = Math.max(from.line, 1);
  const column = Math.max(from.col, 1);
  const to = file.lines.linePos(Math.max(start, end));
  const shift = file.within ?? { line: 0, column: 0 };
  const lineEnd = to.line === from.line ? to.col : (file.text.split('\n', line)[line - 1]?.length ?? 0) + 1;
  return {
    file: file.path,
    line: line + shift.line,
    column: column + shift.column,
    ...(lineEnd > column ? { endColumn: lineEnd + shift.column } : {}),
  };
}

/** The plain value of a document; `undefined` where the document did not parse. */
export function plainValue(document: Document.Parsed): unknown {
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // An alias that leads nowhere, or a `<<` of what is no map; `problems` of the file has it.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

export type { ParsedNode };
