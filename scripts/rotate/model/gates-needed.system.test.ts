import { beforeAll, expect, it } from 'vitest';
import { KINDS } from '../kinds/kinds.ts';
import { type RotationTree, rotationTree } from '../testing/rotation-tree.ts';
import { explore } from './explore.ts';
import { modelsOf } from './models.ts';

const now = new Date();
let first: RotationTree;
beforeAll(async () => {
  first = await rotationTree(now);
}, 60_000);

const MODELS = modelsOf(() => first, now);

/** Gates without which the model finds nothing, and what each is for. */
const NEEDED_ELSEWHERE: Readonly<Record<string, string>> = {
  'database prepared forward opened': 'nothing is cut off: new pods would wait for their Secret, and the rollout hang',
  'database prepared back role-unused':
    'connections that stay open, which the model has none of; a closed role loses its',
  'database switched forward role-unused': 'connections that stay open, as of a program outside of the cluster',
  'database closing forward rolled-out': 'looks once more: the step before it had the same gate',
  'database closing forward role-shut':
    'that the lock has shown what it cuts off, before the password is gone for good',
  'database closing forward role-unused': 'connections that stay open; a closed role loses its',
};

const gatesOf = (name: string) =>
  (KINDS.find((kind) => kind.name === name)?.phases ?? []).flatMap(({ name: phase, forward, back }) =>
    [
      { direction: 'forward', gates: forward.gates },
      { direction: 'back', gates: back?.gates ?? [] },
    ].flatMap(({ direction, gates }) => gates.map((gate) => `${phase} ${direction} ${gate.name}`)),
  );

// Each is an exploration of its own: too long for every run of the unit tests.
it.each(Object.keys(MODELS).flatMap((kind) => gatesOf(kind).map((gate) => [kind, gate] as const)))(
  '%s: without %s something is cut off',
  async (kind, gate) => {
    const model = await MODELS[kind]?.({ without: gate });

    expect(model && explore(model).counterexample === undefined).toBe(`${kind} ${gate}` in NEEDED_ELSEWHERE);
  },
);
