import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { buildProblem } from '../sources/build-problem.ts';
import { items } from '../sources/kustomization-items.ts';
import type { Layer } from '../sources/layer.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { parseYaml } from '../yaml/yaml-file.ts';
import type { KustomizeTool } from './kustomize-tool.ts';
import { type Build, buildFolder, inputsOf } from './render.ts';
import { cacheKey, type RenderCache } from './render-cache.ts';

const LAYOUT = 'edited-1';

/** Fields to set in a kustomization; a list is put behind the list that is there, a map over the map. */
export type Edits = Readonly<Record<string, unknown>>;

/** Builds a layer as if its kustomization had been edited: in a copy of its folder, with the rest of the repository linked beside it. */
export async function renderEdited(
  tool: KustomizeTool,
  tree: SourceTree,
  layer: Layer,
  edits: Edits,
  cache: RenderCache,
): Promise<Pick<Build, 'text' | 'failure'>> {
  const problem = buildProblem(layer) ?? hostilePatch(edits);
  if (problem !== undefined) return { text: '', failure: problem };
  const key = cacheKey([LAYOUT, tool.version, layer.folder, JSON.stringify(edits), ...inputsOf(tree, layer)]);
  const known = cache.read(key);
  if (known !== undefined) return { text: known };
  const result = await withTemporaryFolder('ai-spm-mesh-edited-', (root) => {
    copyWithSurroundings(tree.root, root, layer.folder);
    writeFileSync(join(root, layer.file.path), edited(layer, edits));
    return buildFolder(tool, root, layer.folder);
  });
  if (result.failure === undefined) cache.write(key, result.text);
  return result;
}

/** Patches that an Application brings are no source of the layer, and kustomize reads them all the same. */
function hostilePatch({ patches }: Edits): string | undefined {
  const problems = items(patches).flatMap(([index, { patch }]) =>
    typeof patch === 'string' ? parseYaml(`patches/${index}`, patch).problems : [],
  );
  const found = problems.find(({ kind }) => kind === 'hostile');
  return found && `a patch that it brings ${found.message}`;
}

function edited({ file }: Layer, edits: Edits): string {
  const document = parseDocument(file.text);
  const spec = document.toJS() as Record<string, unknown>;
  for (const [field, value] of Object.entries(edits)) {
    const own = spec[field];
    if (Array.isArray(own) && Array.isArray(value)) document.set(field, [...own, ...value]);
    else if (typeof own === 'object' && own !== null && !Array.isArray(own))
      document.set(field, { ...own, ...(value as object) });
    else document.set(field, value);
  }
  return document.toString();
}

/** A copy of one folder; what lies beside it and beside its parents is linked. */
function copyWithSurroundings(from: string, to: string, folder: string): void {
  const steps = folder.split('/');
  for (const [depth, step] of steps.entries()) {
    const parent = steps.slice(0, depth).join('/');
    for (const name of readdirSync(join(from, parent))) {
      if (name !== step) symlinkSync(join(from, parent, name), join(to, parent, name));
    }
    const path = join(to, parent, step);
    if (depth < steps.length - 1) mkdirSync(path);
    else if (!existsSync(path)) cpSync(join(from, folder), path, { recursive: true });
  }
}
