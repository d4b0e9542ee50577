import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkOut } from '../git/check-out.ts';
import { resolveCommit } from '../git/git.ts';
import { openRings } from '../rings/rings-repository.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { UserError } from '../system/user-error.ts';

export interface KnownRevision {
  revision: string;
  tree: SourceTree;
}

/**
 * Everything that a cluster runs or may be told to run: what each ring follows, the branch, and the last commit here.
 * @param use gets their files, which are gone when it ends
 * @throws UserError where a ring follows what this clone does not have: what hangs on it is not known
 */
export async function withRevisions<T>(root: string, use: (revisions: readonly KnownRevision[]) => T): Promise<T> {
  const { git, rings, branch, tip } = await openRings(root);
  const unknown = rings.find(({ commit }) => commit === undefined);
  if (unknown) {
    throw new UserError(`ring ${unknown.name} follows ${unknown.revision}, which this clone does not have`, {
      why: 'a secret there may hang on a key that nothing else needs any more',
      fix: 'git fetch origin',
    });
  }
  const named: [commit: string, name: string][] = [
    [await resolveCommit(git, 'HEAD'), 'HEAD'],
    ...rings.map(({ name, commit = '' }): [string, string] => [commit, `ring ${name}`]),
    [tip, branch],
  ];
  return withTemporaryFolder('ai-spm-mesh-revisions-', async (scratch) => {
    const revisions: KnownRevision[] = [];
    // The last name of a commit is the one that is shown.
    for (const [commit, revision] of new Map(named)) {
      const folder = join(scratch, commit);
      mkdirSync(folder);
      revisions.push({ revision, tree: openSourceTree(await checkOut(git, commit, folder)) });
    }
    return use(revisions);
  });
}
