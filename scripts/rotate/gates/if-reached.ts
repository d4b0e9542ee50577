import { meshOf } from '../mesh-members.ts';
import type { Gate } from '../rotation.ts';
import { readRotationFile } from '../rotation-file.ts';

/**
 * Gates of a step back that matter only where the rotation had gone further before, in a commit that was taken back: what git has never said,
 * no cluster can have done. Else the way back is open, also from a cluster that does not follow or cannot be reached.
 * @param kind name of the rotation; where it holds a mesh together, `isMeshWide`: it may have gone further in another member
 */
export function ifReached(kind: string, gates: readonly Gate[], isMeshWide = false): Gate[] {
  return gates.map((gate) => ({
    ...gate,
    wants: `${gate.wants} (where the rotation had gone further before)`,
    applies: ({ tree, cluster }) => {
      const clusters = isMeshWide ? meshOf(tree, cluster) : [cluster];
      return clusters.some((one) => readRotationFile(tree, one).underWay[kind]?.reached !== undefined);
    },
  }));
}
