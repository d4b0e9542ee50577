import type { z } from 'zod';
import type { SourcePosition } from '../findings/finding.ts';
import type { FieldPath } from '../resources/kube-object.ts';
import { locate, rangeOf } from './locate.ts';
import { describeIssues } from './schema-words.ts';
import { plainValue, positionAt, type YamlFile } from './yaml-file.ts';

export interface YamlIssue {
  source: SourcePosition;
  message: string;
  /** The field that is wrong; of a misspelt field the one that was meant. Absent where the file could not be read at all. */
  field?: FieldPath;
  /** True for what is wrong with the YAML itself, which the source rules report of every file that they read. */
  isSyntax?: true;
}

export type Validated<T> = { value: T; issues: [] } | { value?: undefined; issues: YamlIssue[] };

/** Checks the single document of a file against a schema; every issue carries the position of its field. */
export function validateYaml<T>(file: YamlFile, schema: z.ZodType<T>): Validated<T> {
  const [document] = file.documents;
  if (file.problems.length > 0 || !document || file.documents.length !== 1) {
    const broken = file.problems.map(({ message, range }): YamlIssue => {
      return { source: positionAt(file, range), message, isSyntax: true };
    });
    const count = {
      source: positionAt(file, [0, 0]),
      message: `must hold one YAML document, has ${file.documents.length}`,
    };
    return { issues: broken.length > 0 ? broken : [count] };
  }
  const value = plainValue(document);
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { value: result.data, issues: [] };
  const place = (path: FieldPath, side: 'key' | 'value') => {
    for (let length = path.length; length > 0; length--) {
      const found = locate(document.contents, path.slice(0, length));
      if (found) return positionAt(file, rangeOf(found, length === path.length ? side : 'key'));
    }
    return positionAt(file, [0, 0]);
  };
  return {
    issues: describeIssues(schema, result.error.issues, value).map(({ path, at, message, meant }) => ({
      source: place(path, at),
      message,
      field: meant ?? path,
    })),
  };
}
