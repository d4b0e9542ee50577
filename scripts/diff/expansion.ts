import { destinationOf, nameOf, type Placed, sourcesOf } from '../argo/delivery.ts';
import { expandSet, isApplicationSet } from '../argo/expand-set.ts';
import type { World } from '../argo/generators/generator.ts';
import { ofKind } from '../argo/manifest-delivery.ts';
import { yieldRenderer } from '../argo/render-yield.ts';
import { sameRepository } from '../argo/repository-url.ts';
import type { KustomizeTool } from '../render/kustomize-tool.ts';
import type { RenderCache } from '../render/render-cache.ts';
import { textOf } from '../resources/fields.ts';
import type { KubeObject } from '../resources/kube-object.ts';
import { valueAt } from '../resources/value.ts';
import { plainFile } from '../yaml/plain-file.ts';
import { buildAll, type Failure } from './builds.ts';
import { type ExpandedApplication, expandedApplication } from './expanded-application.ts';
import { ROWS, trunkOf } from './rows.ts';
import type { Side } from './side.ts';

export interface Expansion {
  applications: ExpandedApplication[];
  failures: Failure[];
}

export interface Expander {
  tool: KustomizeTool;
  cache: RenderCache;
  /** The state at another revision, for what Argo CD takes from there; `undefined` where it is not at hand. */
  sideOf(revision: string): Promise<Side | undefined>;
}

const ROOT = 'argocd';
/** Folders that are never in git. */
const NOT_IN_GIT = ['.git', 'node_modules', 'report'];
const NOWHERE = { file: ROOT, line: 1, column: 1 };

/** The Applications that the ApplicationSets of a state of the repository make of some of its rows, and those that these bring. */
export async function expandSide(
  side: Side,
  name: Failure['side'],
  wanted: readonly string[],
  by: Expander,
): Promise<Expansion> {
  const { tree } = side;
  const rows = wanted.filter((path) => tree.kind(path) === 'file');
  const built =
    rows.length > 0 && side.isBuilt(ROOT)
      ? (await buildAll(new Map([[side, new Set([ROOT])]]), by.tool, by.cache)).get(side)?.get(ROOT)
      : undefined;
  // Where it cannot be built, the comparison of its objects says so.
  const sets = built && 'items' in built ? built.items.map(({ object }) => object.value).filter(isApplicationSet) : [];
  const own = textOf(valueAt(plainFile(tree, `${ROOT}/root.yaml`), ['spec', 'source', 'repoURL'])) ?? '';
  const isOwn = (url: string) => sameRepository(url, own);
  const list = () => [...tree.list('.', NOT_IN_GIT).filter((path) => !path.startsWith(`${ROWS}/`)), ...rows];
  const checkout = { list, read: tree.read, revisions: new Set([trunkOf(tree)]) };
  const world: World = { clusters: undefined, repository: (url) => (isOwn(url) ? checkout : undefined) };
  const renderers = new Map<Side, ReturnType<typeof yieldRenderer>>();
  const rendererOf = (of: Side) => {
    const surroundings = {
      tree: of.tree,
      tool: by.tool,
      cache: by.cache,
      readLayer: of.layer,
      objectsOf: () => undefined,
      isOwn,
      isTarget: () => false,
    };
    const renderer = renderers.get(of) ?? yieldRenderer(surroundings);
    renderers.set(of, renderer);
    return renderer;
  };
  const expansion: Expansion = { applications: [], failures: [] };
  for (const set of sets) {
    const { applications, error } = expandSet(set, world);
    if (error) fail(`ApplicationSet ${set.metadata.name}: ${error.message}`);
    for (const value of applications) await follow(placed(value));
  }
  return expansion;

  async function follow(parent: Placed): Promise<void> {
    const source = sourcesOf(parent)[0]?.source ?? {};
    const revision = String(source['targetRevision'] ?? '');
    // What is not in this clone is told for the cluster itself.
    const of = revision === trunkOf(tree) ? side : await by.sideOf(revision);
    const yields = of && (await rendererOf(of)(parent)).yields;
    if (yields && 'reason' in yields) fail(`Application ${nameOf(parent)}: ${yields.reason}`);
    const objects = yields?.kind === 'objects' ? yields.objects : [];
    const children = ofKind(
      objects.map(({ value }) => placed(value)),
      'Application',
    );
    const cluster = children.map((child) => destinationOf(child).name).find((one) => one !== '') ?? nameOf(parent);
    expansion.applications.push(...[parent, ...children].map((one) => expandedApplication(one, cluster)));
  }

  function fail(message: string): void {
    if (!expansion.failures.some((one) => one.message === message))
      expansion.failures.push({ target: ROOT, side: name, message });
  }
}

function placed(value: KubeObject): Placed {
  return { value, placeOf: () => NOWHERE };
}
