import type { Range, YamlFile } from '../yaml/yaml-file.ts';

/** What can be wrong with a kustomization and what it refers to, before kustomize runs. */
export type LayerProblemKind =
  | 'unknown-field'
  | 'deprecated-field'
  | 'wrong-value'
  | 'remote'
  | 'outside'
  | 'missing'
  | 'ambiguous'
  | 'cycle';

export interface LayerProblem {
  kind: LayerProblemKind;
  file: YamlFile;
  range: Range;
  message: string;
}
