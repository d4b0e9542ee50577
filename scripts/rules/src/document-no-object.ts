import { posix } from 'node:path';
import { recordOf } from '../../resources/fields.ts';
import { isRecord } from '../../resources/value.ts';
import type { Repository } from '../../sources/repository.ts';
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

/** Files under `resources` hold objects only, and one at least: kustomize passes over an empty file without a word. */
export const documentNoObjectRule: SourceRule = {
  codes: [noObject],
  *check({ repository }) {
    const resources = [...new Set(repository.layers.flatMap((layer) => layer.resources))];
    yield* documentsWithoutObject(resources);
    for (const file of new Set([...resources, ...argoResources(repository)])) {
      if (file.documents.length > 0 || file.problems.length > 0) continue;
      const message = 'the file is listed as a resource and holds no object: nothing of it is deployed';
      const fix = 'Bring back what it held (`git log` shows it), or take it off the list.';
      yield { code: noObject, source: positionAt(file, [0, 0]), message, fix };
    }
  },
};

/** What Argo CD is installed with and applies is no target, and is read with what it would make. */
function argoResources({ files }: Repository): YamlFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files
    .filter(({ path }) => /^argocd\/(.*\/)?kustomization\.ya?ml$/.test(path))
    .flatMap(({ path, documents: [document] }) => {
      const { resources } = recordOf(document && plainValue(document));
      const listed: unknown[] = Array.isArray(resources) ? resources : [];
      return listed.flatMap((text) => byPath.get(posix.join(posix.dirname(path), String(text))) ?? []);
    });
}

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
