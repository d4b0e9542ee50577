import type { SharedChange } from './object-changes.ts';
import type { Row } from './rows.ts';

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

interface Reach {
  added: readonly TargetSize[];
  removed: readonly TargetSize[];
  /** Rows of both sides. */
  rows: readonly Row[];
  /** Clusters whose Applications differ, or what makes them. */
  reached: readonly string[];
  allClusters: number;
}

export function radiusOf(
  changes: readonly SharedChange[],
  { added, removed, rows, reached, allClusters }: Reach,
): Radius {
  const touched = new Set([
    ...changes.flatMap(({ targets }) => targets),
    ...[...added, ...removed].map(({ name }) => name),
    ...reached.map((name) => `clusters/${name}`),
  ]);
  const namespaces = changes.flatMap(({ ref }) => (ref.kind === 'Namespace' ? ref.name : (ref.namespace ?? [])));
  return {
    clusters: [...touched]
      .filter((target) => target.startsWith('clusters/'))
      .map((target) => target.slice('clusters/'.length))
      .sort(),
    allClusters,
    rings: [...new Set(rows.filter(({ path }) => touched.has(path)).map(({ ring }) => ring))].sort(),
    namespaces: [...new Set(namespaces)].sort(),
    overlays: [...touched].filter((target) => target.startsWith('overlays/')).sort(),
  };
}
