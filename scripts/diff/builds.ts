import type { KustomizeTool } from '../render/kustomize-tool.ts';
import { renderTargets } from '../render/render.ts';
import type { RenderCache } from '../render/render-cache.ts';
import type { Delivery } from './deliveries.ts';
import { type Item, itemReader } from './object-changes.ts';
import type { Side } from './side.ts';

export interface Failure {
  target: string;
  side: 'before' | 'after';
  message: string;
}

/** What a target is built to on one side, or why it is not. */
export type Built = { items: Item[] } | { failure: string };

export type Builds = ReadonlyMap<Side, ReadonlyMap<string, Built>>;

/** Builds each target once on each side that is asked for. */
export async function buildAll(
  requests: ReadonlyMap<Side, ReadonlySet<string>>,
  tool: KustomizeTool,
  cache: RenderCache,
): Promise<Builds> {
  const read = itemReader();
  const builds = new Map<Side, Map<string, Built>>();
  for (const [side, names] of requests) {
    const built = new Map<string, Built>();
    const targets = [...names].flatMap((name) => {
      const layer = side.layer(name);
      return layer ? [{ name, layer }] : [];
    });
    const results = await renderTargets(tool, side.tree, targets, cache);
    for (const [index, { text, failure }] of results.entries())
      built.set(targets[index]?.name ?? '', failure === undefined ? { items: read(text) } : { failure });
    builds.set(side, built);
  }
  return builds;
}

/** All builds, and in place of those that need not run the builds of their overlays. */
export function mergeBuilds(first: Builds, second: Builds, derived: ReadonlyMap<Delivery, Delivery>): Builds {
  const all = new Map([...first].map(([side, built]) => [side, new Map(built)]));
  const put = (side: Side, target: string, built: Built) =>
    all.set(side, (all.get(side) ?? new Map()).set(target, built));
  for (const [side, built] of second) for (const [target, result] of built) put(side, target, result);
  for (const [delivery, overlay] of derived) {
    for (const side of [delivery.before, delivery.after]) {
      const built = side && first.get(side)?.get(overlay.target);
      if (built) put(side, delivery.target, built);
    }
  }
  return all;
}
