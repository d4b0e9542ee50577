import { recordOf, textOf } from '../resources/fields.ts';
import { valueAt } from '../resources/value.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { plainFile } from '../yaml/plain-file.ts';

/** What Argo CD reads about a cluster: one file of argocd/clusters. */
export interface Row {
  name: string;
  /** Folder that kustomize builds for the cluster. */
  path: string;
  overlay: string;
  /** Optional parts of the platform that the cluster has. */
  options: readonly string[];
  ring: string;
  /** Git revision that its ring follows. */
  revision: string;
  /** All that the file says. */
  fields: Readonly<Record<string, unknown>>;
}

export const ROWS = 'argocd/clusters';

/** The rows of all clusters, by the name of their files. What is wrong with a row is for `npm run validate` to say. */
export function readRows(tree: SourceTree): Row[] {
  const paths = tree.list(ROWS).filter((path) => path.endsWith('.yaml'));
  return paths.flatMap((path) => readRow(tree, path) ?? []);
}

function readRow(tree: SourceTree, path: string): Row | undefined {
  const fields = recordOf(plainFile(tree, path));
  const text = (field: string) => textOf(fields[field]) ?? '';
  const row = { path: text('path'), overlay: text('overlay'), ring: text('ring'), revision: text('revision') };
  return text('name') && row.path
    ? { name: text('name'), options: text('options').split(','), ...row, fields }
    : undefined;
}

/** The row of a cluster in another state of the repository. */
export function rowOf(tree: SourceTree, { name }: Row): Row | undefined {
  return readRow(tree, `${ROWS}/${name}.yaml`);
}

/** The branch that Argo CD follows: merging to it is deploying. */
export function trunkOf(tree: SourceTree): string {
  const path = ['spec', 'source', 'targetRevision'];
  return textOf(valueAt(plainFile(tree, 'argocd/root.yaml'), path)) ?? 'main';
}
