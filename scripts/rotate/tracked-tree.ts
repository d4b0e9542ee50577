import { type GitRepository, runGit } from '../git/git.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';

/**
 * The work tree without files that git does not know. A step is a commit of its own: what is generated there must not name a file that only this
 * machine has.
 */
export async function openTrackedTree({ folder }: GitRepository): Promise<SourceTree> {
  const { stdout } = await runGit(folder, ['ls-files', '-z']);
  const tracked = new Set(stdout.split('\0'));
  const tree = openSourceTree(folder);
  const isUnknown = (path: string) => tree.kind(path) === 'file' && !tracked.has(path);
  return {
    ...tree,
    read: (path) => (isUnknown(path) ? undefined : tree.read(path)),
    kind: (path) => (isUnknown(path) ? 'missing' : tree.kind(path)),
    list: (folderIn, skip) => tree.list(folderIn, skip).filter((path) => tracked.has(path)),
  };
}
