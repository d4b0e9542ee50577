import { type GitRepository, isAncestor } from '../git/git.ts';
import { shellWord } from '../system/shell-word.ts';
import { UserError } from '../system/user-error.ts';
import type { RingState } from './ring-state.ts';

export interface Move {
  ring: RingState;
  /** What argocd/rings.yaml is to say: the branch itself, or a full commit. */
  revision: string;
  commit: string;
}

export type Direction = 'forward' | 'back' | 'stays' | 'nowhere';

/**
 * A commit reaches a ring when every ring before it runs that commit or a later one. Going back is always allowed: an older commit has
 * been through the rings.
 * @throws UserError with the one step that comes first
 */
export async function checkMove(
  git: GitRepository,
  rings: readonly RingState[],
  move: Move,
  branch: string,
): Promise<Direction> {
  const { ring, revision, commit } = move;
  if (ring.revision === revision) return 'nowhere';
  // To be held where it is changes nothing, whatever the others run.
  if (revision !== branch && ring.commit === commit) return 'stays';
  const isBack = ring.commit !== undefined && ring.commit !== commit && (await isAncestor(git, commit, ring.commit));
  if (isBack) return 'back';
  const before = rings.slice(0, rings.indexOf(ring));
  for (const earlier of before) {
    if (await runs(git, earlier, move, branch)) continue;
    const goal = revision === branch ? branch : commit.slice(0, 12);
    throw new UserError(`ring ${ring.name} comes after ring ${earlier.name}, which does not run ${goal} yet`, {
      why: 'a change reaches the rings in the order of argocd/rings.yaml, so that the first ones show its mistakes',
      fix: `npm run promote -- ${earlier.name} ${shellWord(goal)}`,
    });
  }
  return 'forward';
}

/** A ring that follows the branch has all of it; one that is held can let no later ring follow the branch. */
async function runs(
  git: GitRepository,
  earlier: RingState,
  { revision, commit }: Move,
  branch: string,
): Promise<boolean> {
  if (revision === branch) return earlier.revision === branch;
  return earlier.commit !== undefined && isAncestor(git, commit, earlier.commit);
}
