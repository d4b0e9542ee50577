import { type LoadedRecords, loadRecords, RINGS_FILE } from '../records/load-records.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import type { YamlIssue } from '../yaml/validate-yaml.ts';
import { type GenerationPlan, planGeneration } from './plan.ts';

/**
 * What every command that writes generated files begins with. A record that is wrong yields no files, so that those of its cluster would
 * be deleted; a file that somebody edited would lose the edit.
 * @throws UserError with all that is wrong, or the files that were edited
 */
export function guardedPlan(tree: SourceTree, loaded: LoadedRecords = loadRecords(tree)): GenerationPlan {
  const plan = planOfRightRecords(tree, loaded);
  demandUnedited(plan);
  return plan;
}

/** @throws UserError where generated files were edited by hand */
export function demandUnedited(plan: GenerationPlan): void {
  if (plan.edited.length === 0) return;
  throw new UserError(`generated files were edited by hand: ${plan.edited.join(', ')}`, {
    why: 'writing them anew would lose the edits',
    fix: 'put the change into the cluster record or the overlay, then `git checkout` the files; or run `npm run generate -- --force` to drop the edits',
  });
}

/** The same for who only looks, or means to lose the edits. */
export function planOfRightRecords(tree: SourceTree, loaded: LoadedRecords = loadRecords(tree)): GenerationPlan {
  const issues = [...loaded.invalid, ...loaded.conflicts];
  if (issues.length > 0) throw recordError(issues);
  return planGeneration(tree, loaded);
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
