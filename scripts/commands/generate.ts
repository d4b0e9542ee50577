import { applyGeneration } from '../generate/generate.ts';
import { planGeneration } from '../generate/plan.ts';
import { loadRecords, RINGS_FILE } from '../records/load-records.ts';
import { count } from '../report/text.ts';
import { log } from '../system/log.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import type { YamlIssue } from '../yaml/validate-yaml.ts';

/** Brings every generated file up to date with the cluster records, or with `check` only says what would change. */
export function generate(root: string, { check = false, force = false }: { check?: boolean; force?: boolean }): number {
  const tree = openSourceTree(root);
  const loaded = loadRecords(tree);
  const issues = [...loaded.invalid, ...loaded.conflicts];
  if (issues.length > 0) throw recordError(issues);
  const plan = planGeneration(tree, loaded);
  if (plan.edited.length > 0 && !check && !force) {
    throw new UserError(`generated files were edited by hand: ${plan.edited.join(', ')}`, {
      why: 'writing them anew would lose the edits',
      fix: 'put the change into the cluster record or the overlay, then `git checkout` the files; or run `npm run generate -- --force` to drop the edits',
    });
  }
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

/** All that is wrong with the records, in one error: nothing is written while any of them is wrong. */
function recordError(issues: readonly YamlIssue[]): UserError {
  const lines = issues.map(({ source: { file, line, column }, message }) => `${file}:${line}:${column}: ${message}`);
  const schemas = [
    ...new Set(issues.map(({ source }) => `schemas/${source.file === RINGS_FILE ? 'rings' : 'cluster'}.schema.json`)),
  ];
  return new UserError(
    `cluster records are not right, nothing was written\n${lines.map((line) => `  ${line}`).join('\n')}`,
    {
      fix: `correct these fields; ${schemas.join(' and ')} ${schemas.length > 1 ? 'describe' : 'describes'} each of them`,
    },
  );
}
