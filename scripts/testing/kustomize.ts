import { findKustomize, type KustomizeTool } from '../render/kustomize-tool.ts';

let found: Promise<KustomizeTool> | undefined;

/** The real kustomize of this machine, looked up once for each test file. */
export function realKustomize(): Promise<KustomizeTool> {
  found ??= findKustomize(process.env, () => {});
  return found;
}
