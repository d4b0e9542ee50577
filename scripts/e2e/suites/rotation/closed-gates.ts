import type { ClusterGates } from '../../../rotate/gates-of.ts';

/** Why gates are closed. */
export function closedReasons(gates: readonly ClusterGates[]): string[] {
  return gates.flatMap((one) => one.gates.flatMap(({ closed }) => closed));
}

/**
 * Those reasons that something was seen for. A gate is closed too where nothing was collected or a cluster could not be read, which shows
 * nothing of what it looks at.
 */
export function seenReasons(gates: readonly ClusterGates[]): string[] {
  const looking = gates.map((one) => ({ ...one, gates: one.gates.filter(({ name }) => name !== 'collected') }));
  return closedReasons(looking).filter((reason) => !/nothing was collected| cannot be read: /.test(reason));
}
