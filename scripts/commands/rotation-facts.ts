import type { ClusterFacts } from '../rotate/facts/facts.ts';
import type { SourceTree } from '../system/source-tree.ts';

export interface FactOptions {
  context?: string[];
  kubeconfig?: string;
  from?: string;
}

/** What is known of the clusters: collected now from the contexts that are given, or saved before. */
export async function collectedFacts(_tree: SourceTree, _options: FactOptions): Promise<ClusterFacts[]> {
  return [];
}
