import { beforeAll, expect, it } from 'vitest';
import { rotationTree } from '../testing/rotation-tree.ts';
import { explore } from './explore.ts';
import { type MeshOptions, meshGates, meshModel } from './mesh.ts';
import { meshFiles } from './mesh-files.ts';

const now = new Date();
const CLUSTERS = ['prod-eu', 'prod-us'];
const LONG_MS = 1_200_000;
let mesh: (options?: Partial<MeshOptions>) => ReturnType<typeof meshModel>;

beforeAll(async () => {
  const files = await meshFiles(await rotationTree(now, CLUSTERS), CLUSTERS, now);
  const gates = meshGates(files);
  mesh = (options) => meshModel(files, gates, { istiods: 1, proxies: 1, ...options });
}, 60_000);

it('two clusters, each step forward and back in each: every certificate is trusted by every peer while the gates are kept', {
  timeout: LONG_MS,
}, () => {
  const { states, counterexample } = explore(mesh());
  process.stderr.write(`mesh-root, two clusters, forward and back: ${states} states\n`);
  expect(counterexample).toBeUndefined();
});

it('a cluster that signs under the root that another one has dropped cuts something off', { timeout: LONG_MS }, () => {
  const { counterexample } = explore(mesh({ shortcuts: [{ from: 'signing', direction: 'back' }] }));
  expect(counterexample?.broken).toMatch(/trusts B and meets .* under A$/);
});
