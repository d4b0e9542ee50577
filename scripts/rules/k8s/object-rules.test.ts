import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseObjects } from '../../render/rendered.ts';
import type { RenderedObject } from '../../resources/kube-object.ts';
import { valueAt } from '../../resources/value.ts';
import type { CodeInfo, ObjectProblem } from '../rule.ts';
import { secretInEnvironmentRule } from '../sec/secret-in-environment.ts';
import { secretPlaintextRule } from '../sec/secret-plaintext.ts';
import { kubernetesRules } from './object-rules.ts';

const rules = [...kubernetesRules, secretPlaintextRule, secretInEnvironmentRule];
const codes: readonly CodeInfo[] = rules.flatMap((rule) => rule.codes);
const example = (text: CodeInfo['bad']) => parseObjects(text as string);

function check(objects: readonly RenderedObject[], complete = true): ObjectProblem[] {
  return rules.flatMap((rule) => [...rule.check({ name: 'example', objects, complete })]);
}

describe('all object rules together', () => {
  it.each(codes)(
    '$code $slug: the bad example breaks this rule once and no other, the good one none',
    ({ code, bad, good }) => {
      expect(check(example(bad)).map((problem) => problem.code.code)).toEqual([code]);
      expect(check(example(good)).map(({ message }) => message)).toEqual([]);
    },
  );

  it.each(codes)('$code points at a field that exists and names no unset value', ({ bad }) => {
    for (const { object, path, message } of check(example(bad))) {
      expect(valueAt(object.value, path)).toBeDefined();
      expect(message).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  it('never fails on manifests that no schema would accept', () => {
    const objects = codes.flatMap(({ bad, good }) => [...example(bad), ...example(good)]);
    const junk = fc.constantFrom<unknown>(null, 'text', '', 7, -1, true, [], {}, [null], ['text'], [[]], [{}], {
      name: 3,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 6 }), (edits) => {
        const broken = structuredClone(objects) as RenderedObject[];
        for (const [place, value] of edits) replaceAt(broken, place, value);
        for (const { object, path } of check(broken)) expect(Array.isArray(path), object.ref.name).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('reports the same when it runs again', () => {
    const objects = codes.flatMap(({ bad }) => example(bad));
    const texts = () =>
      check(objects).map(({ object, path, message }) => [object.ref.name, ...path, message].join(' '));
    expect(texts()).toEqual(texts());
  });
});

/** Puts a value in place of the n-th field below spec, data or rules, counted over all objects. */
function replaceAt(objects: readonly RenderedObject[], place: number, junk: unknown): void {
  const fields = objects.flatMap(({ value }) =>
    Object.keys(value)
      .filter((key) => !['apiVersion', 'kind', 'metadata'].includes(key))
      .flatMap((key) => fieldsIn(value, key)),
  );
  const field = fields[place % fields.length];
  if (field) field.parent[field.key] = structuredClone(junk);
}

interface Field {
  parent: Record<string | number, unknown>;
  key: string | number;
}

function fieldsIn(parent: Record<string | number, unknown>, key: string | number): Field[] {
  const value = parent[key];
  if (typeof value !== 'object' || value === null) return [{ parent, key }];
  const inner = value as Record<string | number, unknown>;
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [{ parent, key }, ...keys.flatMap((step) => fieldsIn(inner, step))];
}
