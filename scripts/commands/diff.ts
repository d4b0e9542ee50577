import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Comparison, compareSides } from '../diff/compare.ts';
import { htmlDiff } from '../diff/formats/html.ts';
import { jsonDiff } from '../diff/formats/json.ts';
import { markdownDiff } from '../diff/formats/markdown.ts';
import { prettyDiff } from '../diff/formats/pretty.ts';
import type { Context } from '../diff/headline.ts';
import { sectionsOf } from '../diff/sections.ts';
import { openSide, revisionReader, sideReader } from '../diff/side.ts';
import { type GitRepository, mergeBase, openGit, resolveCommit } from '../git/git.ts';
import { findKustomize } from '../render/kustomize-tool.ts';
import { folderCache } from '../render/render-cache.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { log } from '../system/log.ts';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import type { DIFF_FORMATS } from './output-options.ts';

export interface DiffOptions {
  base: string;
  head?: string;
  /** Folder with the repository to compare, where it is not the one of this code. */
  repository?: string;
  output: (typeof DIFF_FORMATS)[number];
  outputFile?: string;
  color: boolean;
}

/** Says what a change does to every cluster. Exit code 1 for a difference, 2 where a target of the change cannot be built. */
export async function diff(root: string, options: DiffOptions): Promise<number> {
  const start = performance.now();
  const given = options.repository === undefined ? root : resolve(callerFolder(), options.repository);
  const folder = existsSync(given) ? realpathSync(given) : given;
  const git = await openGit(folder);
  const { base, head, compared } = await revisionsOf(git, options);
  const tool = await findKustomize(process.env, log);
  const comparison = await withTemporaryFolder('ai-spm-mesh-diff-', async (scratch) => {
    const sideAt = sideReader(git, scratch);
    // git writes the files of one side while this process reads those of the other.
    const writing = sideAt(base);
    // Its error is thrown where it is awaited; until then it must not end the process.
    writing.catch(() => {});
    const after = head === undefined ? openSide(folder) : await sideAt(head);
    for (const target of after.targets()) after.outlines.reads(target);
    return compareSides({ before: await writing, after, sideOf: revisionReader(git, sideAt) }, tool, folderCache(root));
  });
  const context = { compared, seconds: (performance.now() - start) / 1000 };
  deliver(formatted(comparison, context, options), options);
  if (comparison.failures.some(({ side }) => side === 'after')) return 2;
  return sectionsOf(comparison).length > 0 ? 1 : 0;
}

/** Like a pull request, a change is compared with the state that it was made from: what else was merged since is not its doing. */
async function revisionsOf(
  git: GitRepository,
  options: DiffOptions,
): Promise<{ base: string; head?: string; compared: string }> {
  const named = await resolveCommit(git, options.base);
  const head = await resolveCommit(git, options.head ?? 'HEAD');
  const base = await mergeBase(git, named, head);
  const what = options.head === undefined ? 'the working tree' : head.slice(0, 12);
  const why = base === named ? options.base : `where it left ${options.base}`;
  const compared = `${what} with ${base.slice(0, 12)} (${why})`;
  return { base, compared, ...(options.head === undefined ? {} : { head }) };
}

function formatted(comparison: Comparison, context: Context, { output, outputFile, color }: DiffOptions): string {
  if (output === 'json') return jsonDiff(comparison, context);
  if (output === 'markdown') return markdownDiff(comparison, context);
  if (output === 'html') return htmlDiff(comparison, context);
  const isTerminal = process.stdout.isTTY === true && outputFile === undefined;
  return prettyDiff(comparison, context, color && isTerminal && process.env['NO_COLOR'] === undefined);
}

function deliver(text: string, { outputFile }: DiffOptions): void {
  if (outputFile === undefined) process.stdout.write(text);
  else writeFileAtomic(resolve(callerFolder(), outputFile), text);
}
