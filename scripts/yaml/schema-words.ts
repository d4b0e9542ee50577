import type { z } from 'zod';
import type { FieldPath } from '../resources/kube-object.ts';
import { nearest } from '../resources/nearest.ts';
import { isRecord, valueAt } from '../resources/value.ts';

/** One mistake in a value, in words. */
export interface Mistake {
  path: FieldPath;
  /** Point at the key of the field: the field itself should not be there. */
  at: 'key' | 'value';
  message: string;
  /** The field that a misspelt one was meant to be. */
  meant?: FieldPath;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

/**
 * What a schema says about a value, one mistake for one cause: a misspelt field is not missing as well, and of several things that
 * are wrong with one field the first is told.
 * @param issues of `safeParse` with `reportInput`
 */
export function describeIssues(schema: z.ZodType, issues: readonly z.core.$ZodIssue[], value: unknown): Mistake[] {
  const all = issues.flatMap((issue): Mistake[] => {
    const path = issue.path as FieldPath;
    if (issue.code !== 'unrecognized_keys') return [{ path, at: 'value', message: describe(schema, issue, path) }];
    return issue.keys.map((key) => unknownField(schema, path, key, value));
  });
  const same = (a: FieldPath, b: FieldPath) => a.join('\0') === b.join('\0');
  return all.filter(
    ({ path }, index) =>
      !all.some(({ meant }) => meant && same(meant, path)) &&
      all.findIndex((other) => same(other.path, path)) === index,
  );
}

function unknownField(schema: z.ZodType, parent: FieldPath, key: string, value: unknown): Mistake {
  const fields = fieldsOf(schemaAt(schema, parent));
  const given = valueAt(value, parent);
  const free = fields.filter((field) => !(isRecord(given) && Object.hasOwn(given, field)));
  const suggestion = nearest(key, free);
  const path = [...parent, key];
  const advice = suggestion ? `; did you mean \`${suggestion}\`?` : ` (${fields.join(', ')})`;
  return {
    path,
    at: 'key',
    message: `${subject(schema, path)} is not a known field${advice}`,
    ...(suggestion ? { meant: [...parent, suggestion] } : {}),
  };
}

function describe(schema: z.ZodType, issue: z.core.$ZodIssue, path: FieldPath): string {
  const what = subject(schema, path);
  if (issue.input === undefined && path.length > 0) return `${what} is missing`;
  // The schemas write their own messages in full; the defaults of the library are for programmers.
  if (!/^(Invalid|Too|Unrecognized) /.test(issue.message) && !/^Too (small|big):/.test(issue.message))
    return `${what} ${issue.message}`;
  switch (issue.code) {
    case 'invalid_type':
      return `${what} ${wrongType(issue.expected, issue.input)}`;
    case 'invalid_value': {
      const options = issue.values.map(String);
      const meant = nearest(String(issue.input), options);
      return `${what} is \`${String(issue.input)}\`, expected one of ${options.join(', ')}${didYouMean(meant)}`;
    }
    case 'too_small':
      return `${what} ${issue.origin === 'array' ? 'must not be empty' : `must be at least ${issue.minimum}`}`;
    case 'too_big':
      return `${what} must be at most ${issue.maximum}`;
    case 'invalid_key':
      return `${what} ${issue.issues[0]?.message ?? 'is no valid name'}`;
    default:
      return `${what}: ${issue.message}`;
  }
}

/** The end of a message that may know better. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : `; did you mean \`${name}\`?`;
}

function wrongType(expected: string, input: unknown): string {
  const wanted = TYPES[expected] ?? expected;
  if (input === null) return `has no value, expected ${wanted}`;
  const actual = Array.isArray(input) ? 'array' : typeof input;
  const isScalar = actual === 'number' || actual === 'boolean';
  const quotes = expected === 'string' && isScalar ? ': put quotes around it' : '';
  return `must be ${wanted}, is ${actual === 'boolean' ? `\`${input}\`` : (TYPES[actual] ?? actual)}${quotes}`;
}

/** `edge 1: entry 2 of `methods`` for edges.0.methods.1: people count from 1 and look for the element first. */
function subject(schema: z.ZodType, path: FieldPath): string {
  const [list, index, ...rest] = path;
  if (typeof list === 'string' && typeof index === 'number') {
    const hasFields = fieldsOf(schemaAt(schema, [list, index])).length > 0;
    const element = `${list.replace(/s$/, '')} ${index + 1}`;
    if (hasFields) return rest.length > 0 ? `${element}: ${field(rest)}` : element;
  }
  return path.length > 0 ? field(path) : 'the file';
}

function field(path: FieldPath): string {
  const last = path.at(-1);
  return typeof last === 'number' ? `entry ${last + 1} of ${field(path.slice(0, -1))}` : `\`${path.join('.')}\``;
}

function schemaAt(schema: z.ZodType, path: FieldPath): z.ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    const def = definition(unwrapped(at));
    if (def?.type === 'object') at = def.shape[step];
    else if (def?.type === 'array') at = def.element;
    else at = def?.type === 'record' ? def.valueType : undefined;
  }
  return unwrapped(at) as z.ZodType | undefined;
}

function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const def = definition(schema);
  return def?.type === 'optional' ? unwrapped(def.innerType) : schema;
}

function fieldsOf(schema: z.ZodType | undefined): string[] {
  const def = definition(schema);
  return def?.type === 'object' ? Object.keys(def.shape) : [];
}

function definition(schema: z.core.$ZodType | undefined): z.core.$ZodTypes['_zod']['def'] | undefined {
  return (schema as z.core.$ZodTypes | undefined)?._zod.def;
}
