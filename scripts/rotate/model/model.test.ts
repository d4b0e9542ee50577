import { beforeAll, describe, expect, it } from 'vitest';
import { KINDS as ALL } from '../kinds/kinds.ts';
import { type RotationTree, rotationTree } from '../testing/rotation-tree.ts';
import { type Exploration, explore, type Model } from './explore.ts';
import type { Git, Shortcut } from './git-steps.ts';
import { type MeshOptions, meshGates, meshModel } from './mesh.ts';
import { meshFiles } from './mesh-files.ts';
import { DONE, type MeshState } from './mesh-world.ts';
import { modelsOf } from './models.ts';

const now = new Date();
const CLUSTERS = ['prod-eu', 'prod-us'];
let first: RotationTree;
beforeAll(async () => {
  first = await rotationTree(now);
});

/** What was found, as a person reads it. */
function said(name: string, { states, counterexample }: Exploration): string {
  const found = counterexample && [...counterexample.moves, `=> ${counterexample.broken}`].join('\n    ');
  const text = found ? `${name}: ${states} states, the shortest way:\n    ${found}` : `${name}: ${states} states`;
  process.stderr.write(`${text}\n`);
  return found ?? '';
}

describe('explore', () => {
  const counter = (broken: (n: number) => boolean): Model<number> => ({
    initial: 0,
    moves: (n) => [1, 2].map((step) => ({ what: `+${step}`, next: (n + step) % 10 })),
    broken: (n) => (broken(n) ? `it is ${n}` : undefined),
  });

  it('reaches every state, and finds the shortest way to a broken one', () => {
    expect(explore(counter(() => false))).toEqual({ states: 10 });
    expect(explore(counter((n) => n === 5)).counterexample).toEqual({ moves: ['+1', '+2', '+2'], broken: 'it is 5' });
    expect(explore(counter((n) => n === 0)).counterexample?.moves).toEqual([]);
  });

  it('claims nothing about states that it has not seen', () => {
    expect(() =>
      explore(
        counter(() => false),
        8,
      ),
    ).toThrow('more than 8 states');
  });
});

const MODELS = modelsOf(() => first, now);
const forward = (from: string): Shortcut => ({ from, direction: 'forward' });
const back = (from: string): Shortcut => ({ from, direction: 'back' });

/** Each phase, once for each further one that the rotation may have been taken back from; and the end. */
const statesOf = (count: number) => 1 + (count * (count - 1)) / 2 + 1;
const phases = (name: string) => ALL.find((kind) => kind.name === name)?.phases.length ?? 0;

describe.each(Object.entries(MODELS))('%s', (name, model) => {
  it('nothing is cut off while the gates are kept, and the rotation comes to its end', async () => {
    const kept = await model();

    expect(said(name, explore(kept))).toBe('');
    // What is never reached proves nothing: two rotations, the first of them taken back, each to its end.
    const reached = new Set<number>();
    explore({ ...kept, broken: ({ git }) => void reached.add(git) });
    expect(reached.size).toBe(2 * statesOf(phases(name)) + 1);
  });
});

describe('each shortcut cuts something off', () => {
  it.each<[string, Shortcut, RegExp]>([
    ['session', forward('accepted'), /a pod refuses a session that still lives$/],
    ['session', forward('signing'), /a pod refuses a session that still lives$/],
    ['session', back('accepted'), /a pod refuses a session that still lives$/],
    ['database', forward('standby'), /does not let it in$/],
    ['database', forward('prepared'), /does not let it in$/],
    ['database', back('prepared'), /does not let it in$/],
    ['database', forward('switched'), /does not let it in$/],
    ['database', back('switched'), /does not let it in$/],
    ['wiz', forward('sealed'), /a pod has no credentials$/],
    ['wiz', forward('switched'), /a pod has credentials that were revoked$/],
    ['wiz', back('sealed'), /a pod has credentials that were revoked$/],
  ])('%s: %o', async (kind, shortcut, broken) => {
    const model = await MODELS[kind]?.({ shortcuts: [shortcut] });

    expect(said(`${kind}, ${shortcut.direction} from ${shortcut.from} at once`, explore(model as Model<Git>))).toMatch(
      broken,
    );
  });
});

const whenDone = (state: MeshState) => (state.every(({ git }) => git === DONE) ? 'all done' : undefined);

describe('mesh-root', () => {
  let mesh: (options?: Partial<MeshOptions>) => Model<MeshState>;
  let alone: typeof mesh;
  beforeAll(async () => {
    const both = await rotationTree(now, CLUSTERS);
    const [two, one] = [await meshFiles(both, CLUSTERS, now), await meshFiles(first, ['prod-eu'], now)];
    const [gates, gatesOfOne] = [meshGates(two), meshGates(one)];
    mesh = (options) => meshModel(two, gates, { istiods: 1, proxies: 1, ...options });
    alone = (options) => meshModel(one, gatesOfOne, { istiods: 2, proxies: 2, ...options });
  });

  it('every certificate is trusted by every peer while the gates are kept: one cluster, two istiods, three proxies', () => {
    const model = alone({ proxies: 3 });
    expect(said('mesh-root, one cluster, two istiods, three proxies', explore(model))).toBe('');
    expect(explore({ ...model, broken: whenDone }).counterexample?.broken).toBe('all done');
  });

  // That of two clusters takes minutes: model.system.test.ts.
  it('every certificate is trusted by every peer while the gates are kept and no step is taken back: two clusters', () => {
    const model = mesh({ onlyWhenSent: true });
    expect(said('mesh-root, two clusters, forward', explore(model))).toBe('');
    expect(explore({ ...model, broken: whenDone }).counterexample?.broken).toBe('all done');
  });

  it('never waits for certificates that nobody asks for', () => {
    expect(said('mesh-root, nothing but the steps makes proxies ask', explore(alone({ onlyWhenSent: true })))).toBe('');
  });

  it.each<[string, () => Model<MeshState>, RegExp]>([
    [
      'makes proxies ask while a replica of istiod signs with the old one',
      () => alone({ onlyWhenSent: true, shortcuts: [forward('signing')] }),
      /nothing moves any more$/,
    ],
    ['A to B in one step', () => alone({ jump: [0, DONE] }), /trusts A and meets .* under B$/],
    [
      'signs before everything trusts',
      () => alone({ shortcuts: [forward('trusted')] }),
      /trusts A and meets .* under B$/,
    ],
    [
      'drops before everything is re-issued',
      () => alone({ shortcuts: [forward('reissued')] }),
      /trusts B and meets .* under A$/,
    ],
    [
      'goes back while the new one has signed',
      () => mesh({ shortcuts: [back('trusted')] }),
      /trusts A and meets .* under B$/,
    ],
    ['a kubelet that is slower than a merge', () => alone({ without: 'mounted' }), /trusts A and meets .* under B$/],
  ])('%s: the shortest way to what it cuts off', (name, model, broken) => {
    expect(said(`mesh-root, ${name}`, explore(model()))).toMatch(broken);
  });
});
