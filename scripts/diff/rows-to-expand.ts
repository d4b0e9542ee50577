import { ROWS } from './rows.ts';
import { changedFiles, type Side } from './side.ts';

/** Rows whose Applications may differ: all of them where the set, what it brings to each cluster, or a project differs. */
export function rowsToExpand(before: Side, after: Side): string[] {
  const changed = changedFiles(before, after, 'argocd');
  const isOfAll = (path: string) => /\.ya?ml$/.test(path) && !/^argocd\/(?:clusters|platform|install)\//.test(path);
  const rows = changed.some(isOfAll) ? [before, after].flatMap(({ tree }) => tree.list(ROWS)) : changed;
  return [...new Set(rows)].filter((path) => path.startsWith(`${ROWS}/`));
}
