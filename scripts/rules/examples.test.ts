import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkManifests } from '../check/check-manifests.ts';
import { checkRepository } from '../check/check-repository.ts';
import { rulePages } from '../commands/docs.ts';
import type { Finding } from '../findings/finding.ts';
import { noCache } from '../render/render-cache.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { allCodes } from './registry.ts';
import type { Example } from './rule.ts';

async function findingsOf(example: Example): Promise<Finding[]> {
  if (typeof example === 'string') return checkManifests([{ path: 'manifests.yaml', text: example }], true).findings;
  const tree = openSourceTree(temporaryTree(example));
  return (await checkRepository(tree, await realKustomize(), { cache: noCache })).findings;
}

describe('every code', () => {
  it.each(allCodes)(
    '$code $slug is reported for its bad example, with a place, and not for its good one',
    async ({ code, bad, good }) => {
      const reported = (await findingsOf(bad)).filter((finding) => finding.code === code);
      expect(reported.length).toBeGreaterThan(0);
      for (const { source } of reported) expect(source.line).toBeGreaterThan(0);
      expect((await findingsOf(good)).filter((finding) => finding.code === code)).toEqual([]);
    },
  );

  it('is unique and named by its family', () => {
    expect(new Set(allCodes.map(({ code }) => code)).size).toBe(allCodes.length);
    expect(new Set(allCodes.map(({ slug }) => slug)).size).toBe(allCodes.length);
    for (const { code } of allCodes) expect(code).toMatch(/^(SRC|GEN|K8S|MESH|ACC|FLEET|ARGO|SEC)\d{3}$/);
  });

  it('has a current page in docs/rules (`npm run docs` writes it)', () => {
    const root = join(__dirname, '..', '..');
    for (const [path, text] of rulePages()) expect(readFileSync(join(root, path), 'utf8'), path).toBe(text);
  });
});
