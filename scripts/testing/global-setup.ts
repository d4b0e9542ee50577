import { findKustomize } from '../render/kustomize-tool.ts';

export async function setup(): Promise<void> {
  await findKustomize(process.env, (line) => process.stderr.write(`${line}\n`));
}
