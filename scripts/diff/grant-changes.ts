import { workloadOf } from '../resources/workloads.ts';
import type { Builds } from './builds.ts';
import type { Delivery } from './deliveries.ts';
import { type Edge, type EdgeChanges, edgeChanges, edgeKey, grantedEdges } from './edges.ts';
import { FILE } from './file-items.ts';
import type { Item, ObjectChange } from './object-changes.ts';

export interface SharedEdge extends Edge {
  targets: string[];
}

export interface SharedEdges {
  gained: SharedEdge[];
  lost: SharedEdge[];
}

/** What the policies of each target let through that they did not before, and the other way round; the same edge once. */
export function grantChanges(
  deliveries: readonly Delivery[],
  builds: Builds,
  ofTargets: ReadonlyMap<string, readonly ObjectChange[]>,
): SharedEdges {
  const known = new Map<string, EdgeChanges>();
  const shared = { gained: new Map<string, SharedEdge>(), lost: new Map<string, SharedEdge>() };
  for (const { target, before, after } of deliveries) {
    if (!before || !after || !(ofTargets.get(target) ?? []).some(isAboutAccess)) continue;
    const [old, now] = [before, after].map((side) => {
      const built = builds.get(side)?.get(target);
      return built && 'items' in built ? built.items.filter(decidesAccess) : [];
    }) as [Item[], Item[]];
    const key = [old, now].map((items) => items.map(({ text }) => text).join('---\n')).join('\n===\n');
    const edges = known.get(key) ?? edgeChanges(edgesOf(old), edgesOf(now));
    known.set(key, edges);
    for (const side of ['gained', 'lost'] as const) {
      for (const edge of edges[side]) {
        const one = shared[side].get(edgeKey(edge)) ?? { ...edge, targets: [] };
        one.targets.push(target);
        shared[side].set(edgeKey(edge), one);
      }
    }
  }
  return { gained: [...shared.gained.values()], lost: [...shared.lost.values()] };
}

function edgesOf(items: readonly Item[]): Edge[] {
  return grantedEdges(items.map(({ object }) => object));
}

function decidesAccess({ object }: Item): boolean {
  return object.ref.kind === 'AuthorizationPolicy' || workloadOf(object) !== undefined;
}

function isAboutAccess({ ref, before, after }: ObjectChange): boolean {
  if (ref.kind === 'AuthorizationPolicy') return true;
  return ref.kind !== FILE && [before, after].some((object) => object && workloadOf(object) !== undefined);
}
