import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import pLimit from 'p-limit';
import { layersOf, type Target } from '../sources/repository.ts';
import { runProcess } from '../system/run-process.ts';
import type { SourceTree } from '../system/source-tree.ts';
import type { KustomizeTool } from './kustomize-tool.ts';
import { cacheKey, type RenderCache } from './render-cache.ts';

export interface Build {
  /** What kustomize printed, byte for byte; empty when it failed. */
  text: string;
  /** What kustomize said when it failed. */
  failure?: string;
  cached: boolean;
  seconds: number;
}

const BUILD_TIMEOUT_MS = 120_000;

/** Builds targets side by side, one process for each core, and takes from the cache what no file has changed for. */
export async function renderTargets(
  tool: KustomizeTool,
  tree: SourceTree,
  targets: readonly Target[],
  cache: RenderCache,
): Promise<Build[]> {
  const limit = pLimit(availableParallelism());
  return Promise.all(targets.map((target) => limit(() => renderTarget(tool, tree, target, cache))));
}

async function renderTarget(tool: KustomizeTool, tree: SourceTree, target: Target, cache: RenderCache): Promise<Build> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const layers = [...layersOf(target.layer), ...(target.on ? layersOf(target.on) : [])];
  const files = [...new Set(layers.flatMap((layer) => layer.reads))].sort();
  const key = cacheKey([tool.version, target.name, ...files.flatMap((path) => [path, tree.read(path) ?? ''])]);
  const known = cache.read(key);
  if (known !== undefined) return { text: known, cached: true, seconds: seconds() };
  const result = target.on
    ? await buildOnTrial(tool, tree, target.name, target.on.folder)
    : await build(tool, tree.root, target.name);
  if (result.failure === undefined) cache.write(key, result.text);
  return { ...result, cached: false, seconds: seconds() };
}

async function build(tool: KustomizeTool, cwd: string, folder: string): Promise<Pick<Build, 'text' | 'failure'>> {
  const { code, stdout, stderr } = await runProcess(tool.command, [...tool.args, folder], {
    cwd,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  return code === 0 ? { text: stdout } : { text: '', failure: stderr.trim() };
}

/** Builds a component on top of an overlay through a kustomization outside the repository. */
async function buildOnTrial(
  tool: KustomizeTool,
  tree: SourceTree,
  component: string,
  overlay: string,
): Promise<Pick<Build, 'text' | 'failure'>> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'ai-spm-mesh-trial-'));
  try {
    const path = (name: string) => JSON.stringify(relative(folder, join(tree.root, name)));
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      `resources: [${path(overlay)}]\ncomponents: [${path(component)}]\n`,
    );
    return await build(tool, folder, '.');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
