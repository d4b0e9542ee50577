import { trunkOf } from '../diff/rows.ts';
import { openGit, runGit } from '../git/git.ts';
import { shellWord } from '../system/shell-word.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';

/**
 * Demands that a cluster is out of git, here and in the branch that Argo CD follows, as it is on the server now. Any file counts, also a
 * record that is not valid.
 * @throws UserError where something of it is left, and where that cannot be known
 */
export async function demandGoneFromGit(root: string, cluster: string): Promise<void> {
  const tree = openSourceTree(root);
  const paths = [`clusters/${cluster}`, `argocd/clusters/${cluster}.yaml`];
  const here = paths.find((path) => tree.kind(path) !== 'missing');
  if (here !== undefined) {
    throw new UserError(`${cluster} is still in git: ${here} is there`, {
      why: 'Argo CD would make its Applications anew',
      fix: `npm run cluster -- remove ${shellWord(cluster)} --confirm ${shellWord(cluster)}, then commit and merge that`,
    });
  }
  const branch = trunkOf(tree);
  const { folder } = await openGit(root);
  const fetched = await runGit(folder, ['fetch', '--quiet', 'origin', '--', branch]);
  const listed =
    fetched.code === 0 ? await runGit(folder, ['ls-tree', '--name-only', 'FETCH_HEAD', ...paths]) : fetched;
  if (listed.code !== 0) {
    throw new UserError(`whether ${cluster} is gone from \`${branch}\` cannot be known`, {
      why: listed.stderr.trim(),
      fix: `see that \`git fetch origin ${shellWord(branch)}\` works`,
    });
  }
  const merged = listed.stdout.trim().replaceAll('\n', ' and ');
  if (merged !== '') {
    throw new UserError(`${cluster} is still in \`${branch}\`: it holds ${merged}`, {
      why: 'Argo CD would make its Applications anew',
      fix: 'merge its removal first',
    });
  }
}
