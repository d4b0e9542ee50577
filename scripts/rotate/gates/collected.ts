import type { ClusterFacts, Collected } from '../facts/facts.ts';

type Part = { [K in keyof ClusterFacts]: ClusterFacts[K] extends Collected<infer T> ? T : never };

/**
 * Reasons from one part of the facts of each cluster; a part that could not be collected is one itself.
 * @param check reasons why what was collected in one cluster is not enough
 */
export function inEach<K extends keyof ClusterFacts>(
  facts: readonly ClusterFacts[],
  part: K,
  check: (value: Part[K], cluster: string) => string[],
): string[] {
  if (facts.length === 0) return ['nothing was collected from any cluster'];
  return facts.flatMap((one) => {
    const collected = one[part] as Collected<Part[K]>;
    const reasons =
      'unreadable' in collected
        ? [`${part} cannot be read: ${collected.unreadable}`]
        : check(collected.value, one.cluster);
    return reasons.map((reason) => `${one.cluster}: ${reason}`);
  });
}
