import { trunkOf } from '../diff/rows.ts';
import { findRevision, type GitRepository, openGit } from '../git/git.ts';
import { type LoadedRecords, loadRecords } from '../records/load-records.ts';
import { shellWord } from '../system/shell-word.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { type RingState, ringStates } from './ring-state.ts';

export interface RingsRepository {
  git: GitRepository;
  tree: SourceTree;
  loaded: LoadedRecords;
  /** Branch that Argo CD follows, and its newest commit. */
  branch: string;
  tip: string;
  rings: RingState[];
}

/** Records, rings and history of the repository. Reads what is here: `git fetch` first to see what others merged. */
export async function openRings(root: string): Promise<RingsRepository> {
  const git = await openGit(root);
  const tree = openSourceTree(root);
  const loaded = loadRecords(tree);
  const issue = [...loaded.invalid, ...loaded.conflicts][0];
  if (issue) {
    const fix = 'run `npm run validate`, which shows all that is wrong with the records';
    throw new UserError(`cluster records are not right: ${issue.message}`, { fix, source: issue.source });
  }
  const branch = trunkOf(tree);
  const tip = await findRevision(git, branch);
  if (tip === undefined) {
    const fix = `\`git fetch origin ${shellWord(branch)}\`; the branch is named in argocd/root.yaml`;
    throw new UserError(`this clone has no branch \`${branch}\``, { fix });
  }
  return { git, tree, loaded, branch, tip, rings: await ringStates(git, loaded, tip) };
}
