import { isMap } from 'yaml';
import { locate, rangeOf } from '../yaml/locate.ts';
import { describeIssues } from '../yaml/schema-words.ts';
import type { YamlFile } from '../yaml/yaml-file.ts';
import { texts } from './kustomization-items.ts';
import { DEPRECATED_FIELDS, type Kustomization, kustomizationSchema } from './kustomization-schema.ts';
import type { LayerProblem } from './layer-problem.ts';

/** What is wrong with the fields of a kustomization, each at its place. */
export function kustomizationProblems(file: YamlFile, spec: Kustomization): LayerProblem[] {
  return [...fieldProblems(file, spec), ...listedTwice(file, spec)];
}

/** kustomize refuses an object that it meets twice, and names neither list nor line. */
function listedTwice(file: YamlFile, spec: Kustomization): LayerProblem[] {
  return (['resources', 'components'] as const).flatMap((list) => {
    const listed = texts(spec[list]);
    const again = listed.filter(([index, text]) =>
      listed.some(([earlier, other]) => earlier < index && other === text),
    );
    return again.map(([index, text]): LayerProblem => {
      const at = locate(file.documents[0]?.contents ?? null, [list, index]);
      return {
        kind: 'wrong-value',
        file,
        range: at ? rangeOf(at) : [0, 0],
        message: `\`${text}\` stands twice under \`${list}\``,
      };
    });
  });
}

function fieldProblems(file: YamlFile, spec: unknown): LayerProblem[] {
  const root = file.documents[0]?.contents ?? null;
  const result = kustomizationSchema.safeParse(spec, { reportInput: true });
  if (result.success || !isMap(root)) return [];
  return describeIssues(kustomizationSchema, result.error.issues, spec).map(({ path, at, message }): LayerProblem => {
    const found = locate(root, path);
    const range = found ? rangeOf(found, at) : ([0, 0] as const);
    if (at === 'value') return { kind: 'wrong-value', file, range, message };
    const key = String(path.at(-1));
    const replacement = path.length === 1 ? DEPRECATED_FIELDS[key] : undefined;
    return replacement
      ? { kind: 'deprecated-field', file, range, message: `\`${key}\` has been replaced by ${replacement}` }
      : { kind: 'unknown-field', file, range, message };
  });
}
