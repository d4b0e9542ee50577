import { isRecord } from '../../resources/value.ts';
import { locate, rangeOf } from '../../yaml/locate.ts';
import { plainValue, positionAt, type YamlFile } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceProblem, SourceRule } from '../rule.ts';

const noObject: CodeInfo = {
  code: 'SRC018',
  slug: 'document-no-object',
  severity: 'error',
  title: 'YAML document is no Kubernetes object',
  why: 'Without apiVersion, kind and a name there is nothing to apply, so kubectl and kustomize refuse it, and no other rule can say anything about it.',
  fix: 'Add what is missing, or remove the document.',
  bad: 'apiVersion: v1\nmetadata:\n  name: settings\ndata:\n  MODE: strict\n',
  good: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  MODE: strict\n',
};

/** Files under `resources` hold objects only. */
export const documentNoObjectRule: SourceRule = {
  codes: [noObject],
  check: ({ repository }) =>
    documentsWithoutObject([...new Set(repository.layers.flatMap(({ resources }) => resources))]),
};

export function* documentsWithoutObject(files: readonly YamlFile[]): Generator<SourceProblem> {
  for (const file of files) {
    for (const document of file.documents) {
      const value = plainValue(document);
      const missing = value === undefined ? [] : missingParts(value);
      if (missing.length === 0) continue;
      const at = locate(document.contents, ['metadata']) ?? locate(document.contents, []);
      yield {
        code: noObject,
        source: positionAt(file, at ? rangeOf(at) : [0, 0]),
        message: `the document has ${missing.join(', ')}`,
      };
    }
  }
}

function missingParts(value: unknown): string[] {
  const { apiVersion, kind, metadata } = isRecord(value) ? value : {};
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  const isList = kind === 'List';
  return [
    ...(typeof apiVersion === 'string' ? [] : ['no `apiVersion`']),
    ...(typeof kind === 'string' ? [] : ['no `kind`']),
    ...(typeof name === 'string' || isList
      ? []
      : [name === undefined || name === null ? 'no `metadata.name`' : 'a `metadata.name` that is no text']),
  ];
}
