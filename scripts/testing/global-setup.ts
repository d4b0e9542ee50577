import type { TestProject } from 'vitest/node';
import { findKustomize } from '../render/kustomize-tool.ts';
import { createSealingKey, type KeyPair } from '../secrets/certificates.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a controller that any test may seal to. Each takes a second or two to make: tests that need one key share it. */
    sealingKey: KeyPair;
  }
}

export async function setup({ provide }: TestProject): Promise<void> {
  await findKustomize(process.env, (line) => process.stderr.write(`${line}\n`));
  provide('sealingKey', await createSealingKey(new Date()));
}
