import { findKustomize, type KustomizeTool } from '../render/kustomize-tool.ts';
import { folderCache } from '../render/render-cache.ts';
import { log } from '../system/log.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';

export interface Workspace {
  tree: SourceTree;
  tool: KustomizeTool;
  cache: ReturnType<typeof folderCache>;
}

export async function openWorkspace(root: string): Promise<Workspace> {
  return { tree: openSourceTree(root), tool: await findKustomize(process.env, log), cache: folderCache(root) };
}
