import type { SourceTree } from '../../system/source-tree.ts';
import type { Gate, RotationKind } from '../rotation.ts';

/** In git, every cluster that shares the secret is in one of some phases. */
export function clustersAreIn(observe: RotationKind['observe'], phases: readonly string[]): Gate {
  return {
    name: 'all-clusters',
    wants: `every cluster is in ${phases.join(' or ')}`,
    check: (_, { tree }) =>
      clustersOf(tree).flatMap((cluster) => {
        const phase = observe(tree, cluster);
        return phase === undefined || phases.includes(phase) ? [] : [`${cluster} is in ${phase}`];
      }),
  };
}

function clustersOf(tree: SourceTree): string[] {
  return [...new Set(tree.list('clusters').map((path) => path.split('/')[1] ?? ''))];
}
