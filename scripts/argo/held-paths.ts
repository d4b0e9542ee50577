import { findRevision, type GitRepository, isShallow, openGit, runGit } from '../git/git.ts';
import { type Placed, sourcesOf } from './delivery.ts';

export interface Held {
  revision: string;
  path: string;
}

/**
 * What is wrong with a path that an Application takes from another revision than the files at hand: those of a held ring are judged as
 * they are here, but Argo CD looks there. Nothing where the folder is in no repository, or its clone is shallow and lacks the revision.
 */
export async function heldProblems(root: string, wanted: readonly Held[]): Promise<Map<string, string>> {
  const problems = new Map<string, string>();
  const git = wanted.length > 0 ? await openGit(root).catch(() => undefined) : undefined;
  if (!git) return problems;
  for (const revision of new Set(wanted.map((one) => one.revision))) {
    const paths = [...new Set(wanted.filter((one) => one.revision === revision).map(({ path }) => path))];
    const commit = await findRevision(git, revision);
    const missing = commit === undefined ? [] : await missingAt(git, commit, paths);
    const short = revision.slice(0, 12);
    for (const path of missing) problems.set(heldKey({ revision, path }), `\`${path}\` does not exist at ${short}`);
    if (commit !== undefined || (await isShallow(git))) continue;
    for (const path of paths) problems.set(heldKey({ revision, path }), `this clone has no revision ${short}`);
  }
  return problems;
}

/** Of many paths, with one process. */
async function missingAt(git: GitRepository, commit: string, paths: readonly string[]): Promise<string[]> {
  const specs = paths.map((path) => `${commit}:${git.prefix}${path}`);
  const { stdout } = await runGit(git.folder, ['cat-file', '--batch-check'], {}, `${specs.join('\n')}\n`);
  const lines = stdout.split('\n');
  return paths.filter((_, index) => lines[index]?.endsWith(' missing'));
}

export function heldKey({ revision, path }: Held): string {
  return `${revision}\n${path}`;
}

/** What an Application takes from a revision other than these. */
export function heldBy(application: Placed, revisions: ReadonlySet<string>): Held | undefined {
  const source = sourcesOf(application)[0]?.source;
  const revision = String(source?.['targetRevision'] ?? '');
  return source && !isRevision(revision, revisions) ? { revision, path: String(source['path'] ?? '.') } : undefined;
}

/** Whether a revision is one of those that the files at hand are to become; `HEAD`, the default, is the branch that a server names. */
export function isRevision(revision: string, revisions: ReadonlySet<string>): boolean {
  return revision === '' || revision === 'HEAD' || revisions.has(revision.replace(/^refs\/heads\//, ''));
}
