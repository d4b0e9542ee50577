import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { ACCOUNTS, tokenPath, tokensOf } from './account-token.ts';
import { isStaged } from './kinds/requested.ts';
import { demandNothingThere, restoreCommand, rotationPath, STATE_WRONG, VALUES_IN_USE } from './rotation-file.ts';

const VERSIONED = new RegExp(`/secrets/ai-spm-(${VALUES_IN_USE.join('|')})-\\d+\\.yaml$`);

/**
 * A cluster that was never rotated has no rotation.yaml, and one that has lost it looks the same: but for what only a rotation makes.
 * @throws UserError where there is such a file: the first Secrets would be taken for those in use. And where rotation.yaml is no regular file
 */
export function demandRotationFile(tree: SourceTree, cluster: string): void {
  if (tree.read(rotationPath(cluster)) !== undefined) return;
  demandNothingThere(tree, cluster);
  const [trace] = madeByRotations(tree, cluster);
  if (trace !== undefined) throw rotationLost(cluster, `${trace} was made by a rotation`);
}

/** @param trace how it is known that there was one */
export function rotationLost(cluster: string, trace: string): UserError {
  const path = rotationPath(cluster);
  return new UserError(`${path} is gone: ${trace}`, {
    source: { file: path, line: 1, column: 1 },
    why: STATE_WRONG,
    fix: `bring it back: ${restoreCommand(path)}`,
  });
}

/** Files that are there from the first step of some rotation on, and never before it. What cannot be read is left to whoever needs it. */
function madeByRotations(tree: SourceTree, cluster: string): string[] {
  const tokens = ACCOUNTS.flatMap((account) => tokensOf(tree, cluster, account));
  return [
    ...tree.list(`clusters/${cluster}/secrets`).filter((path) => VERSIONED.test(path)),
    ...tokens.map((token) => tokenPath(cluster, token)),
    ...tree.list(`clusters/${cluster}/platform`).filter((path) => isStaged(tree.read(path) ?? '')),
  ];
}
