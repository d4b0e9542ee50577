import { textOf } from '../resources/fields.ts';
import { valueAt } from '../resources/value.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { plainFile, readRows } from './rows.ts';

/** One Argo CD Application, as far as a reviewer needs it. */
export interface ExpectedApplication {
  name: string;
  ring: string;
  revision: string;
  path: string;
}

export interface ApplicationChanges {
  added: ExpectedApplication[];
  removed: ExpectedApplication[];
  changed: { before: ExpectedApplication; after: ExpectedApplication }[];
}

/**
 * The Applications that a state of the repository makes. Here by name only: one for each row of argocd/clusters, and under it one for each
 * file of argocd/cluster, but for options that the cluster does not have. The place to put a real expansion of the ApplicationSets.
 */
export function applicationsOf(tree: SourceTree): ExpectedApplication[] {
  const children = tree.list('argocd/cluster').flatMap((path) => {
    const value = plainFile(tree, path);
    if (valueAt(value, ['kind']) !== 'Application') return [];
    const name = textOf(valueAt(value, ['metadata', 'name'])) ?? '';
    const option = textOf(valueAt(value, ['metadata', 'labels', 'ai-spm.io/option']));
    return [{ name, option, path: textOf(valueAt(value, ['spec', 'source', 'path'])) }];
  });
  return readRows(tree).flatMap(({ name, path, options, ring, revision }) => [
    { name, ring, revision, path: 'argocd/cluster' },
    ...children
      .filter((child) => child.option === undefined || options.includes(child.option))
      .map((child) => ({ name: `${name}-${child.name}`, ring, revision, path: child.path ?? path })),
  ]);
}

export function applicationChanges(before: SourceTree, after: SourceTree): ApplicationChanges {
  const [olds, nows] = [before, after].map((tree) => new Map(applicationsOf(tree).map((one) => [one.name, one]))) as [
    Map<string, ExpectedApplication>,
    Map<string, ExpectedApplication>,
  ];
  const isSame = (a: ExpectedApplication, b: ExpectedApplication) =>
    a.ring === b.ring && a.revision === b.revision && a.path === b.path;
  return {
    added: [...nows.values()].filter(({ name }) => !olds.has(name)),
    removed: [...olds.values()].filter(({ name }) => !nows.has(name)),
    changed: [...nows.values()].flatMap((after) => {
      const before = olds.get(after.name);
      return before && !isSame(before, after) ? [{ before, after }] : [];
    }),
  };
}
