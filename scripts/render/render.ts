import { cpSync, existsSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import pLimit from 'p-limit';
import { parseDocument } from 'yaml';
import { buildProblem } from '../sources/build-problem.ts';
import { kustomizationNames, type Layer } from '../sources/layer.ts';
import { layersOf, type Target } from '../sources/repository.ts';
import { runProcess } from '../system/run-process.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { toolMessage } from './kustomize-message.ts';
import type { KustomizeTool } from './kustomize-tool.ts';
import { cacheKey, type RenderCache } from './render-cache.ts';

export interface Build {
  /** What kustomize printed, byte for byte; empty when it failed. */
  text: string;
  /** What kustomize said when it failed, or why it was not run. */
  failure?: string;
  cached: boolean;
  seconds: number;
}

/** To be raised when the way in which targets are built changes: what older code has cached is then not taken. */
const LAYOUT = '3';
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
  const problem = buildProblem(target.layer);
  if (problem !== undefined) return { text: '', failure: problem, cached: false, seconds: seconds() };
  const key = cacheKey([LAYOUT, tool.version, target.name, ...inputsOf(tree, target.layer)]);
  const known = cache.read(key);
  if (known !== undefined) return { text: known, cached: true, seconds: seconds() };
  const result = target.trial
    ? await buildOnTrial(tool, tree, target.trial.component.folder, target.trial.overlay)
    : await buildFolder(tool, tree.root, target.name);
  if (result.failure === undefined) cache.write(key, result.text);
  return { ...result, cached: false, seconds: seconds() };
}

/**
 * All that decides what kustomize makes of a target: the files, where links lead (it refuses files outside of a layer), and which of the
 * names for a kustomization a folder has (it refuses two).
 */
export function inputsOf(tree: SourceTree, layer: Layer): string[] {
  const layers = layersOf(layer);
  const files = [...new Set(layers.flatMap(({ reads }) => reads))].sort();
  const named = layers.flatMap(({ folder }) => kustomizationNames(folder)).filter((path) => tree.kind(path) === 'file');
  const realPath = (path: string) => relative(tree.root, realpathSync(join(tree.root, path)));
  return [...files.flatMap((path) => [path, realPath(path), tree.read(path) ?? '']), ...named];
}

export async function buildFolder(
  tool: KustomizeTool,
  cwd: string,
  folder: string,
): Promise<Pick<Build, 'text' | 'failure'>> {
  const { code, stdout, stderr } = await runProcess(tool.command, [...tool.args, folder], {
    cwd,
    // A build lives for a moment: collecting its garbage is a fifth of its time.
    env: { GOGC: '400', ...process.env },
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  return code === 0 ? { text: stdout } : { text: '', failure: toolMessage(stderr, cwd) };
}

/** Builds an overlay as if it listed the component: a copy of its folder, with the rest of the repository linked beside it. */
function buildOnTrial(
  tool: KustomizeTool,
  tree: SourceTree,
  component: string,
  overlay: Layer,
): Promise<Pick<Build, 'text' | 'failure'>> {
  return withTemporaryFolder('ai-spm-mesh-trial-', (root) => {
    const folder = join(root, overlay.folder);
    cpSync(join(tree.root, overlay.folder), folder, { recursive: true });
    for (const parent of ['.', dirname(overlay.folder)]) {
      for (const name of readdirSync(join(tree.root, parent))) {
        if (!existsSync(join(root, parent, name))) symlinkSync(join(tree.root, parent, name), join(root, parent, name));
      }
    }
    const kustomization = parseDocument(overlay.file.text);
    const listed = overlay.spec.components ?? [];
    kustomization.setIn(['components'], [...listed, relative(overlay.folder, component)]);
    writeFileSync(join(root, overlay.file.path), kustomization.toString());
    return buildFolder(tool, root, overlay.folder);
  });
}
