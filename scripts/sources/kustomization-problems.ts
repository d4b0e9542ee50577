import { isMap } from 'yaml';
import { locate, rangeOf } from '../yaml/locate.ts';
import type { YamlFile } from '../yaml/yaml-file.ts';
import { texts } from './kustomization-items.ts';
import { DEPRECATED_FIELDS, type Kustomization, kustomizationSchema, PLUGIN_FIELDS } from './kustomization-schema.ts';
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
  const result = kustomizationSchema.safeParse(spec);
  if (result.success || !isMap(root)) return [];
  return result.error.issues.flatMap((issue): LayerProblem[] => {
    const path = issue.path as (string | number)[];
    const at = locate(root, path);
    if (issue.code !== 'unrecognized_keys') {
      return [
        {
          kind: 'wrong-value',
          file,
          range: at ? rangeOf(at) : [0, 0],
          message: `\`${path.join('.')}\`: ${issue.message}`,
        },
      ];
    }
    return issue.keys.map((key) => {
      const field = locate(root, [...path, key]);
      const replacement = path.length === 0 ? DEPRECATED_FIELDS[key] : undefined;
      return {
        kind: replacement ? 'deprecated-field' : 'unknown-field',
        file,
        range: field ? rangeOf(field, 'key') : [0, 0],
        message: replacement
          ? `\`${key}\` has been replaced by ${replacement}`
          : PLUGIN_FIELDS.includes(key)
            ? `\`${key}\` runs plugins, which read what no check sees; use \`patches\`, \`labels\`, \`images\` or \`configMapGenerator\``
            : `\`${key}\` is not a field of a kustomization`,
      };
    });
  });
}
