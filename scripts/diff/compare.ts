import type { KustomizeTool } from '../render/kustomize-tool.ts';
import type { RenderCache } from '../render/render-cache.ts';
import { type ApplicationChanges, applicationChanges, clustersReached } from './applications.ts';
import { type Builds, buildAll, type Failure, mergeBuilds } from './builds.ts';
import { type Danger, dangersOf } from './dangers.ts';
import { type Delivery, PER_CLUSTER, planDeliveries, platformOf, type Waiting } from './deliveries.ts';
import { isUntouched, overlayOf } from './derived.ts';
import { declaredEdgesOf, type EdgeChanges, edgeChanges } from './edges.ts';
import type { Expansion } from './expansion.ts';
import { chartReader, isTaken, otherArgoItems, ownChartItems } from './file-items.ts';
import { grantChanges, type SharedEdges } from './grant-changes.ts';
import { type ImageChange, imageChanges } from './image-changes.ts';
import { injectorDangers } from './injector-dangers.ts';
import { type Item, itemComparer, type ObjectChange, type SharedChange, shareChanges } from './object-changes.ts';
import { type Radius, radiusOf, type TargetSize } from './radius.ts';
import { rowsToExpand } from './rows-to-expand.ts';
import { changedFiles, readsTheSame, type Side } from './side.ts';

/** All that a change does, each thing once. Values are as in the manifests: mask them before they are shown. */
export interface Comparison {
  dangers: Danger[];
  /** Targets that could not be built: nothing is known of them. */
  failures: Failure[];
  added: TargetSize[];
  removed: TargetSize[];
  applications: ApplicationChanges;
  declared: EdgeChanges;
  granted: SharedEdges;
  images: ImageChange[];
  changes: SharedChange[];
  waiting: Waiting[];
  radius: Radius;
}

export interface Sides {
  before: Side;
  after: Side;
  /** The state at another revision, for clusters whose ring is held there; `undefined` where it is not at hand. */
  sideOf(revision: string): Promise<Side | undefined>;
}

/** What Argo CD runs in its own cluster. */
const ROOT = 'argocd';

/** Compares what each cluster gets before and after a change. Builds only the targets that read a file that differs. */
export async function compareSides(sides: Sides, tool: KustomizeTool, cache: RenderCache): Promise<Comparison> {
  const { before, after, sideOf } = sides;
  const plan = await planDeliveries(before, after, sideOf);
  const root: Delivery = { target: ROOT, before, after, rows: {} };
  const deliveries = [...plan.deliveries, ...(before.isBuilt(ROOT) || after.isBuilt(ROOT) ? [root] : [])];
  const byTarget = new Map(deliveries.map((delivery) => [delivery.target, delivery]));
  const derivable = new Map(
    deliveries.flatMap((delivery) => overlayOf(delivery, byTarget).map((overlay) => [delivery, overlay] as const)),
  );
  const first = await buildAll(requestsOf(deliveries.filter((one) => !derivable.has(one))), tool, cache);
  const derived = new Map([...derivable].filter(([delivery, overlay]) => isUntouched(delivery, overlay, first)));
  const rest = [...derivable.keys()].filter((one) => !derived.has(one));
  const builds = mergeBuilds(first, await buildAll(requestsOf(rest), tool, cache), derived);
  const failures: Failure[] = [
    ...plan.unknown.map(({ target, revision }): Failure => {
      return { target, side: 'after', message: `its ring follows \`${revision}\`, which is not in this clone` };
    }),
    ...failuresOf(builds, before),
  ];
  const expansions = await expandBoth(sides, tool, cache);
  failures.push(...expansions.before.failures, ...expansions.after.failures);
  const applications = applicationChanges(expansions.before, expansions.after);
  const compare = itemComparer();
  const chartsOf = chartReader();
  const ofTargets = new Map<string, ObjectChange[]>();
  const sizes = { added: [] as TargetSize[], removed: [] as TargetSize[] };
  for (const delivery of deliveries) {
    const { target } = delivery;
    const [old, now] = [itemsOf(builds, delivery.before, target), itemsOf(builds, delivery.after, target)];
    if (delivery.before && delivery.after) {
      const own = old && now ? compare(old, now) : [];
      ofTargets.set(target, [...own, ...aroundChanges(delivery, { builds, compare, chartsOf })]);
    } else if (now) sizes.added.push({ name: target, objects: now.length });
    else if (old) sizes.removed.push({ name: target, objects: old.length });
  }
  const changes = shareChanges(ofTargets);
  const granted = grantChanges(deliveries, builds, ofTargets);
  return {
    dangers: [
      ...removedClusters(sizes.removed),
      ...plan.dangers,
      ...dangersOf(changes),
      ...injectorDangers(changes),
      ...openEdges(granted),
    ],
    failures,
    ...sizes,
    applications,
    declared: edgeChanges(declaredEdgesOf(before.tree), declaredEdgesOf(after.tree)),
    granted,
    images: imageChanges(changes),
    changes,
    waiting: plan.waiting,
    radius: radiusOf(changes, {
      ...sizes,
      rows: [...plan.rows.before, ...plan.rows.after],
      reached: clustersReached(applications, changes, expansions.after),
      allClusters: plan.rows.after.length,
    }),
  };
}

/** Both sides as far as they may differ. The code is loaded where it is needed, which is seldom. */
async function expandBoth({ before, after, sideOf }: Sides, tool: KustomizeTool, cache: RenderCache) {
  const rows = rowsToExpand(before, after);
  const none: Expansion = { applications: [], failures: [] };
  if (rows.length === 0) return { before: none, after: none };
  const { expandSide } = require('./expansion.ts') as typeof import('./expansion.ts');
  const expander = { tool, cache, sideOf };
  return {
    before: await expandSide(before, 'before', rows, expander),
    after: await expandSide(after, 'after', rows, expander),
  };
}

function requestsOf(deliveries: readonly Delivery[]): Map<Side, Set<string>> {
  const requests = new Map<Side, Set<string>>();
  const ask = (side: Side | undefined, target: string) => {
    if (side) requests.set(side, (requests.get(side) ?? new Set()).add(target));
  };
  for (const { target, before, after, rows } of deliveries) {
    for (const name of rows.after ? [target, PER_CLUSTER] : [target]) {
      if (before && after && (before === after || readsTheSame(before, after, name))) continue;
      if (name === PER_CLUSTER && !(before && after)) continue;
      ask(before, name);
      ask(after, name);
    }
    if (!rows.after || !before || !after || changedFiles(before, after, platformOf(target)).length === 0) continue;
    ask(before, platformOf(target));
    ask(after, platformOf(target));
  }
  return requests;
}

function failuresOf(builds: Builds, before: Side): Failure[] {
  return [...builds].flatMap(([side, built]) =>
    [...built].flatMap(([target, result]): Failure[] =>
      'failure' in result ? [{ target, side: side === before ? 'before' : 'after', message: result.failure }] : [],
    ),
  );
}

export function itemsOf(builds: Builds, side: Side | undefined, target: string): Item[] | undefined {
  const built = side && builds.get(side)?.get(target);
  return built && 'items' in built ? built.items : undefined;
}

interface Around {
  builds: Builds;
  compare: ReturnType<typeof itemComparer>;
  chartsOf: ReturnType<typeof chartReader>;
}

/** What surrounds the objects of a target: for a cluster its Applications and their charts, for Argo CD its other files. */
function aroundChanges(
  { target, before, after, rows }: Delivery,
  { builds, compare, chartsOf }: Around,
): ObjectChange[] {
  if (!before || !after || before === after) return [];
  if (target === ROOT) return compare(otherArgoItems(before), otherArgoItems(after));
  if (!rows.after) return [];
  const [old, now] = [itemsOf(builds, before, PER_CLUSTER), itemsOf(builds, after, PER_CLUSTER)];
  const row = rows.after;
  const charts = compare(chartsOf(before), chartsOf(after)).filter(({ ref }) => isTaken(ref.name, row));
  const own = compare(ownChartItems(before, target), ownChartItems(after, target));
  const [was, is] = [before, after].map((side) => {
    return side.isBuilt(platformOf(target)) ? itemsOf(builds, side, platformOf(target)) : [];
  });
  return [...(old && now ? compare(old, now) : []), ...(was && is ? compare(was, is) : []), ...charts, ...own];
}

function removedClusters(removed: readonly TargetSize[]): Danger[] {
  return removed
    .filter(({ name }) => name.startsWith('clusters/'))
    .map(({ name }) => ({
      kind: 'outage',
      message: `${name} is removed: its Applications stay until someone deletes them (argocd/README.md), and nobody keeps them any more`,
      targets: [name],
    }));
}

function openEdges({ gained }: SharedEdges): Danger[] {
  return gained
    .filter(({ from }) => from === '*')
    .map(({ to, targets }) => ({ kind: 'opens', message: `anyone may call ${to}`, targets }));
}
