import type { Delivery } from '../argo/delivery.ts';
import { judgeDelivery } from '../argo/judge-delivery.ts';
import { repositoryDelivery } from '../argo/repository-delivery.ts';
import type { Finding } from '../findings/finding.ts';
import { toRecordSource } from '../generate/generated-file.ts';
import type { KustomizeTool } from '../render/kustomize-tool.ts';
import { type Build, renderTargets } from '../render/render.ts';
import type { RenderCache } from '../render/render-cache.ts';
import { parseObjects } from '../render/rendered.ts';
import type { RenderedObject } from '../resources/kube-object.ts';
import { objectRules, sourceRules } from '../rules/registry.ts';
import type { SourceContext } from '../rules/rule.ts';
import { buildProblem } from '../sources/build-problem.ts';
import { fieldSources, originFinder } from '../sources/provenance.ts';
import { layersOf, type Repository, readRepository, type Target } from '../sources/repository.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { mergeFindings, objectFinding, sourceFinding } from './to-finding.ts';

const RENDER_FAILED = 'SRC017';
/** Findings of the sources that kustomize cannot build with: a patch without its object, a JSON patch that fails. */
const FAILS_THE_BUILD: ReadonlySet<string> = new Set(['SRC014', 'SRC018', 'SRC020']);

export interface CheckedTarget {
  name: string;
  objects: readonly RenderedObject[];
  /** What kustomize printed. */
  text: string;
  cached: boolean;
  seconds: number;
}

export interface RepositoryCheck {
  findings: Finding[];
  /** Targets that were built; one that could not be has findings that say why. */
  targets: CheckedTarget[];
  /** What Argo CD would make; absent for all parts of a split run but the first. */
  delivery?: Delivery;
}

export interface CheckOptions {
  cache: RenderCache;
  /** Part `index` of `count` of the targets, counting from 1; the findings of all parts together are those of one run. */
  shard?: { index: number; count: number };
}

/** Runs every rule over the sources and over everything that they render to. */
export async function checkRepository(
  tree: SourceTree,
  tool: KustomizeTool,
  { cache, shard }: CheckOptions,
): Promise<RepositoryCheck> {
  const whole = readRepository(tree);
  if (whole.targets.length === 0) {
    throw new UserError('there is nothing to check: no folder under overlays/ or clusters/ has a kustomization.yaml', {
      fix: 'run the command in a complete checkout of the repository',
    });
  }
  const isMine = (_: Target, index: number) => !shard || index % shard.count === shard.index - 1;
  const repository = { ...whole, targets: whole.targets.filter(isMine) };
  const builds = await buildAll(repository, tool, cache);
  const objects = new Map([...builds].map(([name, { text }]) => [name, parseObjects(text)]));
  const context: SourceContext = {
    repository,
    objectsOf: (folder) => (builds.get(folder)?.failure === undefined ? objects.get(folder) : undefined),
    failureOf: (folder) => builds.get(folder)?.failure,
  };
  const isFirst = !shard || shard.index === 1;
  const delivery = isFirst ? await repositoryDelivery(whole, { ...context, tool, cache }) : undefined;
  const findings = [
    ...sourceFindings(context),
    ...(delivery ? deliveryFindings(delivery, context) : []),
    ...repository.targets.flatMap((target) => objectFindings(target, context)),
  ];
  const targets = repository.targets.flatMap(({ name, layer }): CheckedTarget[] => {
    const build = builds.get(name);
    if (!build || build.failure !== undefined) return [];
    const origin = originFinder(layer);
    const traced = (objects.get(name) ?? []).map((object) => ({ ...object, ...definedOrigin(origin(object.value)) }));
    return [{ name, objects: traced, text: build.text, cached: build.cached, seconds: build.seconds }];
  });
  return { findings: withoutEchoes(mergeFindings(findings)), targets, ...(delivery ? { delivery } : {}) };
}

/** A build that fails on what another finding of the sources names, better and with its line, needs no finding of its own. */
function withoutEchoes(findings: readonly Finding[]): Finding[] {
  const isCause = ({ code }: Finding) => FAILS_THE_BUILD.has(code);
  const explained = new Set(findings.filter(isCause).flatMap(({ target, also }) => [target, ...also]));
  return findings.filter(({ code, target }) => code !== RENDER_FAILED || !explained.has(target));
}

function definedOrigin(origin: string | undefined): { origin?: string } {
  return origin === undefined ? {} : { origin };
}

/** Builds the targets, the bases that patches of other layers act on, and `base`, which the declared access is about. */
async function buildAll(repository: Repository, tool: KustomizeTool, cache: RenderCache): Promise<Map<string, Build>> {
  const names = new Set(repository.targets.map(({ name }) => name));
  const patched = repository.layers.filter((layer) => layer.patches.length > 0 || layer.components.length > 0);
  const bases = [
    ...patched.flatMap((layer) => layer.bases),
    ...repository.layers.filter(({ folder }) => folder === 'base'),
  ];
  const inputs = [...new Set(bases)]
    .filter((layer) => !names.has(layer.folder))
    .map((layer): Target => ({ name: layer.folder, layer }));
  // What the sources alone show to be wrong or hostile has its findings already, and better ones than a failed build.
  const targets = [...repository.targets, ...inputs].filter(({ layer }) => buildProblem(layer) === undefined);
  const results = await renderTargets(tool, repository.tree, targets, cache);
  return new Map(targets.map(({ name }, index) => [name, results[index] as Build]));
}

function sourceFindings(context: SourceContext): Finding[] {
  const readers = new Map<string, string[]>();
  for (const { name, layer } of context.repository.targets) {
    for (const path of new Set(layersOf(layer).flatMap(({ reads }) => reads)))
      readers.set(path, [...(readers.get(path) ?? []), name]);
  }
  const problems = sourceRules.flatMap((rule) => [...rule.check(context)]);
  return problems.map((problem) => {
    const source = toRecordSource(context.repository.tree, problem.source);
    const isOfGeneration = problem.code.code.startsWith('GEN');
    const targets = problem.target ? [problem.target] : (readers.get(problem.source.file) ?? []);
    return sourceFinding({ ...problem, source: isOfGeneration ? problem.source : source }, targets);
  });
}

function deliveryFindings(delivery: Delivery, { repository }: SourceContext): Finding[] {
  return judgeDelivery(delivery).map((problem) =>
    sourceFinding({ ...problem, source: toRecordSource(repository.tree, problem.source) }, []),
  );
}

function objectFindings(target: Target, context: SourceContext): Finding[] {
  const objects = context.objectsOf(target.name);
  if (!objects) return [];
  const problems = objectRules.flatMap((rule) => [...rule.check({ name: target.name, objects, complete: true })]);
  if (problems.length === 0) return [];
  const sourceOf = fieldSources(target.layer);
  return problems.map((problem) => {
    const found = sourceOf(problem.object.value, problem.path, problem.at);
    const source = found ?? { file: target.layer.file.path, line: 1, column: 1 };
    return objectFinding(problem, target.name, toRecordSource(context.repository.tree, source));
  });
}
