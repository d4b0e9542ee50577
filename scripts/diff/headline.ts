import { count } from '../report/text.ts';
import type { Comparison } from './compare.ts';

/** What was compared, and how long it took. */
export interface Context {
  /** `the working tree with 1a2b3c4d5e6f (where HEAD left origin/main)`. */
  compared: string;
  seconds: number;
}

const NAMED = 3;

/** `2 of 4 clusters, 12 objects changed, 1 removed; 2 dangers`. */
export function headline({ radius, changes, added, removed, dangers, failures }: Comparison): string {
  const kinds = (['removed', 'changed', 'added'] as const).flatMap((kind) => {
    const number = changes.filter((change) => change.kind === kind).length;
    return number > 0 ? `${count(number, 'object')} ${kind}` : [];
  });
  const targets = [
    ...(added.length > 0 ? [`${count(added.length, 'target')} added`] : []),
    ...(removed.length > 0 ? [`${count(removed.length, 'target')} removed`] : []),
    ...(failures.length > 0 ? [`${count(failures.length, 'target')} not built`] : []),
    ...(dangers.length > 0 ? [`${count(dangers.length, 'danger')}`] : []),
  ];
  const reach = `reaches ${radius.clusters.length} of ${count(radius.allClusters, 'cluster')}`;
  return [reach, ...kinds, ...targets].join(', ');
}

/** Whom the change reaches, in words: rings, namespaces, clusters. */
export function radiusText({ radius }: Comparison): string {
  const { clusters, rings, namespaces, overlays } = radius;
  const parts = [
    clusters.length > 0 && `clusters ${named(clusters)}`,
    rings.length > 0 && `${rings.length === 1 ? 'ring' : 'rings'} ${rings.join(', ')}`,
    namespaces.length > 0 && `${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${named(namespaces)}`,
    overlays.length > 0 && clusters.length === 0 && `only ${named(overlays)}, which no cluster is made from`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? `Blast radius: ${parts.join('; ')}` : 'Blast radius: no cluster';
}

/** `prod-ap, prod-eu, prod-us and 4 more`. */
export function named(names: readonly string[], limit = NAMED): string {
  const more = names.length - limit;
  return more > 1 ? `${names.slice(0, limit).join(', ')} and ${more} more` : names.join(', ');
}
