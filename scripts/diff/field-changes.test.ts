import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldChange, fieldChanges, fieldText, type Step } from './field-changes.ts';

/** Carries changes out on the old value: removals from the end, then what is new at the place where it ends up. */
function apply(root: unknown, changes: readonly FieldChange[]): unknown {
  const holder = { root: structuredClone(root) };
  const targets = changes.map((change) => ({ change, ...placeOf(holder, change) }));
  for (const { change, parent, key } of [...targets].reverse()) {
    if (change.before && !change.after) Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key];
    else if (change.before) parent[key] = change.after?.value;
  }
  for (const { change, parent } of targets) {
    if (change.before || !change.after) continue;
    const key = change.after.at.at(-1) ?? '';
    if (Array.isArray(parent)) parent.splice(Number(key), 0, change.after.value);
    else
      Object.defineProperty(parent, key, {
        value: change.after.value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return holder.root;
}

// biome-ignore lint/suspicious/noExplicitAny: walks values of any shape.
function placeOf(holder: any, { path, before }: FieldChange): { parent: any; key: string | number } {
  const indexed = before ? ['root', ...before.at] : undefined;
  let parent = holder;
  const steps: (Step | number)[] = indexed ?? ['root', ...path];
  for (const step of steps.slice(0, -1)) parent = descend(parent, step);
  return { parent, key: (indexed?.at(-1) ?? '') as string };
}

// biome-ignore lint/suspicious/noExplicitAny: walks values of any shape.
function descend(value: any, step: Step | number): any {
  if (typeof step !== 'object') return value[step];
  return value.find((item: never) => (step.key === undefined ? item : item[step.key]) === step.is);
}

const scalar = fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constant(null));
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), value: tie('node') }, { noNullPrototype: true }), {
      maxLength: 4,
    }),
    fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'name', 'a.b/c'), tie('node'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).node;

describe('fieldChanges', () => {
  it('finds nothing between a value and itself', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(fieldChanges(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  it('gives what makes the new value of the old one', () => {
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        expect(apply(before, fieldChanges(before, after))).toEqual(after);
      }),
      { numRuns: 2000 },
    );
  });

  it('names the element of a list by its key, and only the field in it that differs', () => {
    const pod = (image: string) => ({
      containers: [
        { name: 'proxy', image: 'p:1' },
        { name: 'app', image },
      ],
    });
    const changes = fieldChanges(pod('a:1'), pod('a:2'));
    expect(changes.map(({ path }) => fieldText(path))).toEqual(['containers[app].image']);
    expect(changes[0]?.before).toEqual({ at: ['containers', 1, 'image'], value: 'a:1' });
  });

  it('shows elements that came and went, and the whole list where its order changed', () => {
    const texts = (before: unknown, after: unknown) =>
      fieldChanges({ list: before }, { list: after }).map(({ path }) => fieldText(path));
    expect(texts(['GET', 'PUT'], ['GET', 'POST'])).toEqual(['list[]', 'list[]']);
    expect(texts(['GET', 'PUT'], ['PUT', 'GET'])).toEqual(['list']);
    expect(texts(['GET', 'GET'], ['GET'])).toEqual(['list']);
  });

  it('quotes keys that hold dots', () => {
    expect(fieldText(['metadata', 'labels', 'ai-spm.io/ring'])).toBe('metadata.labels["ai-spm.io/ring"]');
  });
});
