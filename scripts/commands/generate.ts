import { applyGeneration } from '../generate/generate.ts';
import { guardedPlan, planOfRightRecords } from '../generate/guarded-plan.ts';
import { loadRecords } from '../records/load-records.ts';
import { count } from '../report/text.ts';
import { log } from '../system/log.ts';
import { openSourceTree } from '../system/source-tree.ts';

/** Brings every generated file up to date with the cluster records, or with `check` only says what would change. */
export function generate(root: string, { check = false, force = false }: { check?: boolean; force?: boolean }): number {
  const tree = openSourceTree(root);
  const loaded = loadRecords(tree);
  const plan = check || force ? planOfRightRecords(tree, loaded) : guardedPlan(tree, loaded);
  const lines = [
    ...[...plan.writes.keys()].map((path) => `${tree.kind(path) === 'missing' ? '+' : '~'} ${path}`),
    ...plan.orphans.map((path) => `- ${path}`),
  ];
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (!check) applyGeneration(root, plan);
  const files = `${count(lines.length, 'file')} ${check ? 'out of date' : 'changed'}`;
  const hint = check && lines.length > 0 ? ': run `npm run generate`' : '';
  log(`${count(loaded.records.length, 'cluster')}, ${files}${hint}`);
  return check && lines.length + plan.edited.length > 0 ? 1 : 0;
}
