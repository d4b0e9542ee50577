import type { Delivery } from './deliveries.ts';
import type { SharedChange } from './object-changes.ts';

export interface TargetSize {
  name: string;
  objects: number;
}

/** Whom a change reaches as soon as it is merged. */
export interface Radius {
  /** Names of clusters, of all that there are. */
  clusters: string[];
  allClusters: number;
  rings: string[];
  namespaces: string[];
  /** Overlays that differ: what clusters are made from. */
  overlays: string[];
}

export function radiusOf(
  deliveries: readonly Delivery[],
  changes: readonly SharedChange[],
  {
    added,
    removed,
    allClusters,
  }: { added: readonly TargetSize[]; removed: readonly TargetSize[]; allClusters: number },
): Radius {
  const touched = new Set([
    ...changes.flatMap(({ targets }) => targets),
    ...[...added, ...removed].map(({ name }) => name),
  ]);
  const rows = deliveries.flatMap(({ target, rows }) => (touched.has(target) ? (rows.after ?? rows.before ?? []) : []));
  const namespaces = changes.flatMap(({ ref }) => (ref.kind === 'Namespace' ? ref.name : (ref.namespace ?? [])));
  return {
    clusters: [...touched]
      .filter((target) => target.startsWith('clusters/'))
      .map((target) => target.slice('clusters/'.length))
      .sort(),
    allClusters,
    rings: [...new Set(rows.map(({ ring }) => ring))].sort(),
    namespaces: [...new Set(namespaces)].sort(),
    overlays: [...touched].filter((target) => target.startsWith('overlays/')).sort(),
  };
}
