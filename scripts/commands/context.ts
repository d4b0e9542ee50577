import { findKustomize, type KustomizeTool } from '../render/kustomize-tool.ts';
import { folderCache } from '../render/render-cache.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';

/** Talk and progress go to stderr; results alone go to stdout. */
export function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

export interface Workspace {
  tree: SourceTree;
  tool: KustomizeTool;
  cache: ReturnType<typeof folderCache>;
}

export async function openWorkspace(root: string): Promise<Workspace> {
  return { tree: openSourceTree(root), tool: await findKustomize(process.env, log), cache: folderCache(root) };
}
