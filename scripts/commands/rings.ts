import { join } from 'node:path';
import { named } from '../diff/headline.ts';
import { applyGeneration } from '../generate/generate.ts';
import { demandUnedited } from '../generate/guarded-plan.ts';
import { planGeneration } from '../generate/plan.ts';
import { isAncestor, isCommitName, resolveCommit } from '../git/git.ts';
import { loadRecords, RINGS_FILE } from '../records/load-records.ts';
import { count } from '../report/text.ts';
import { nearest } from '../resources/nearest.ts';
import { withRevision } from '../rings/edit-rings.ts';
import { checkMove, type Direction, type Move } from '../rings/promotion.ts';
import type { RingState } from '../rings/ring-state.ts';
import { openRings, type RingsRepository } from '../rings/rings-repository.ts';
import { log } from '../system/log.ts';
import { shellWord } from '../system/shell-word.ts';
import { overlayTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import { didYouMean } from '../yaml/schema-words.ts';
import { table } from './table.ts';

/** Shows which ring runs what. */
export async function status(root: string, { output }: { output: 'pretty' | 'json' }): Promise<number> {
  const { rings, branch, tip } = await openRings(root);
  if (output === 'json') {
    process.stdout.write(`${JSON.stringify({ branch, tip, rings }, undefined, 2)}\n`);
    return 0;
  }
  const rows = rings.map(({ name, revision, commit, behind, clusters }) => [
    name,
    revision === branch ? branch : revision.slice(0, 12),
    commit?.slice(0, 12) ?? 'not here',
    behind === undefined ? '?' : String(behind),
    clusters.join(', ') || '-',
  ]);
  process.stdout.write(table([['RING', 'FOLLOWS', 'COMMIT', 'BEHIND', 'CLUSTERS'], ...rows]));
  log(`behind ${branch} at ${tip.slice(0, 12)}`);
  return 0;
}

interface Promotion {
  /** Files, each with `~` where it was written and `-` where it was removed. */
  changes: string[];
  notes: string[];
}

/** Moves a ring, and says what that does. */
export async function promoteAndTell(
  root: string,
  name: string,
  to: string,
  options: { dryRun?: boolean },
): Promise<number> {
  const { changes, notes } = await promote(root, name, to, options);
  for (const change of changes) process.stdout.write(`${change}\n`);
  for (const note of notes) log(note);
  return 0;
}

/** Moves a ring to a commit, or back to following the branch, and writes all that follows from it. */
export async function promote(root: string, name: string, to: string, { dryRun = false }): Promise<Promotion> {
  const repository = await openRings(root);
  const { git, rings, branch, tree } = repository;
  const move = await moveOf(repository, name, to);
  const direction = await checkMove(git, rings, move, branch);
  if (direction === 'nowhere') return { changes: [], notes: [`ring ${name} is at ${shown(move.revision)} already`] };
  const text = withRevision(tree.read(RINGS_FILE) ?? '', name, move.revision);
  const planned = overlayTree(tree, { [RINGS_FILE]: text });
  const plan = planGeneration(planned, loadRecords(planned));
  demandUnedited(plan);
  if (!dryRun) {
    writeFileAtomic(join(root, RINGS_FILE), text);
    applyGeneration(root, plan);
  }
  const next = dryRun
    ? 'nothing was written (--dry-run)'
    : `commit these files; \`npm run diff -- --base ${shellWord(branch)}\` says what the clusters will get`;
  return {
    changes: [
      ...[RINGS_FILE, ...plan.writes.keys()].map((path) => `~ ${path}`),
      ...plan.orphans.map((path) => `- ${path}`),
    ],
    notes: [await summary(repository, move, direction), next],
  };
}

async function moveOf({ git, rings, branch, tip }: RingsRepository, name: string, to: string): Promise<Move> {
  const ring = rings.find((one) => one.name === name);
  if (!ring) {
    const names = rings.map((one) => one.name);
    throw new UserError(`there is no ring \`${name}\`${didYouMean(nearest(name, names))}`, {
      fix: `rings are ${names.join(', ')} (${RINGS_FILE})`,
    });
  }
  if (to === branch) return { ring, revision: branch, commit: tip };
  const commit = await resolveCommit(git, to);
  if (!(await isAncestor(git, commit, tip))) {
    throw new UserError(`${commit.slice(0, 12)} is not on \`${branch}\``, {
      why: 'a ring runs what was reviewed and merged, and nothing else',
      fix: `merge it, \`git fetch origin ${shellWord(branch)}\`, and name the commit that it has there`,
    });
  }
  return { ring, revision: commit, commit };
}

async function summary(
  { git, rings }: RingsRepository,
  { ring, revision, commit }: Move,
  direction: Direction,
): Promise<string> {
  const clusters = `${count(ring.clusters.length, 'cluster')}${ring.clusters.length > 0 ? ` (${named(ring.clusters)})` : ''}`;
  const line = `ring ${ring.name}: ${shown(ring.revision)} → ${shown(revision)}, ${clusters}`;
  if (direction !== 'back') return line;
  const ahead: RingState[] = [];
  for (const later of rings.slice(rings.indexOf(ring) + 1))
    if (later.commit !== undefined && !(await isAncestor(git, later.commit, commit))) ahead.push(later);
  const names = ahead.map(({ name }) => name);
  const still = names.length > 0 ? `; ring ${names.join(', ')} still runs newer commits` : '';
  return `${line}: goes back to an older commit${still}`;
}

function shown(revision: string): string {
  return isCommitName(revision) ? revision.slice(0, 12) : revision;
}
