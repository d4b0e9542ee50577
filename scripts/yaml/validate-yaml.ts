import type { z } from 'zod';
import type { SourcePosition } from '../findings/finding.ts';
import { locate, rangeOf } from './locate.ts';
import { plainValue, positionAt, type YamlFile } from './yaml-file.ts';

export interface YamlIssue {
  source: SourcePosition;
  message: string;
}

export type Validated<T> = { value: T; issues: [] } | { value?: undefined; issues: YamlIssue[] };

/** Checks the single document of a file against a schema; every issue carries the position of its field. */
export function validateYaml<T>(file: YamlFile, schema: z.ZodType<T>): Validated<T> {
  const [document] = file.documents;
  if (file.problems.length > 0 || !document || file.documents.length !== 1) {
    const broken = file.problems.map(({ message, range }) => ({ source: positionAt(file, range), message }));
    const count = {
      source: positionAt(file, [0, 0]),
      message: `must hold one YAML document, has ${file.documents.length}`,
    };
    return { issues: broken.length > 0 ? broken : [count] };
  }
  const result = schema.safeParse(plainValue(document), { reportInput: true });
  if (result.success) return { value: result.data, issues: [] };
  const at = (path: (string | number)[], side: 'key' | 'value') => {
    for (let length = path.length; length > 0; length--) {
      const found = locate(document.contents, path.slice(0, length));
      if (found) return positionAt(file, rangeOf(found, length === path.length ? side : 'key'));
    }
    return positionAt(file, [0, 0]);
  };
  return {
    issues: result.error.issues.flatMap((issue): YamlIssue[] => {
      const path = issue.path as (string | number)[];
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => ({
          source: at([...path, key], 'key'),
          message: `\`${[...path, key].join('.')}\` is not a known field`,
        }));
      }
      const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
      const message = isMissing ? 'is missing' : issue.message;
      return [{ source: at(path, 'value'), message: `\`${path.join('.') || file.path}\` ${message}` }];
    }),
  };
}
