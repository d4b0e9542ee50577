import type { ResourceRef } from '../findings/finding.ts';
import { parseObjects } from '../render/rendered.ts';
import type { RenderedObject } from '../resources/kube-object.ts';
import { objectKey } from '../resources/target-index.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';

/** An object with the text that it was parsed from: equal texts are not compared again, however many targets hold them. */
export interface Item {
  text: string;
  object: RenderedObject;
}

export interface ObjectChange {
  kind: 'added' | 'removed' | 'changed';
  ref: ResourceRef;
  before?: RenderedObject;
  after?: RenderedObject;
  /** What differs, for `changed`. */
  fields: readonly FieldChange[];
}

/** The same change in all of these targets. */
export interface SharedChange extends ObjectChange {
  targets: string[];
}

/** Takes rendered streams apart; objects that many targets share are parsed once. */
export function itemReader(): (stream: string) => Item[] {
  const known = new Map<string, Item[]>();
  return (stream) =>
    stream.split(/^---\n/m).flatMap((text) => {
      const items = known.get(text) ?? parseObjects(text).map((object) => ({ text, object }));
      known.set(text, items);
      return items;
    });
}

/** Compares the objects of a target, and remembers each pair that it compared. */
export function itemComparer(): (before: readonly Item[], after: readonly Item[]) => ObjectChange[] {
  const known = new Map<string, Map<string, ObjectChange[]>>();
  const compareOnce = (old: Item, now: Item): ObjectChange[] => {
    const ofOld = known.get(old.text) ?? new Map<string, ObjectChange[]>();
    known.set(old.text, ofOld);
    const key = `${objectKey(now.object)}\n${now.text}`;
    const changes = ofOld.get(key) ?? changesOf(old.object, now.object);
    ofOld.set(key, changes);
    return changes;
  };
  return (before, after) => {
    const texts = new Set(before.map(({ text }) => text));
    const shared = new Set(after.map(({ text }) => text).filter((text) => texts.has(text)));
    const [olds, nows] = [before, after].map(
      (items) => new Map(items.filter(({ text }) => !shared.has(text)).map((item) => [objectKey(item.object), item])),
    ) as [Map<string, Item>, Map<string, Item>];
    return [...new Set([...olds.keys(), ...nows.keys()])].sort().flatMap((key): ObjectChange[] => {
      const [old, now] = [olds.get(key), nows.get(key)];
      if (old && now) return compareOnce(old, now);
      if (old) return [{ kind: 'removed', ref: old.object.ref, before: old.object, fields: [] }];
      return now ? [{ kind: 'added', ref: now.object.ref, after: now.object, fields: [] }] : [];
    });
  };
}

function changesOf(before: RenderedObject, after: RenderedObject): ObjectChange[] {
  const fields = fieldChanges(before.value, after.value);
  return fields.length === 0 ? [] : [{ kind: 'changed', ref: after.ref, before, after, fields }];
}

/** Each change once, with the targets that have it: clusters differ in names and sizes, and a change is mostly about neither. */
export function shareChanges(ofTargets: ReadonlyMap<string, readonly ObjectChange[]>): SharedChange[] {
  const shared = new Map<string, SharedChange>();
  const keys = new Map<ObjectChange, string>();
  for (const [target, changes] of ofTargets) {
    for (const change of changes) {
      const key = keys.get(change) ?? changeKey(change);
      keys.set(change, key);
      const known = shared.get(key);
      if (known) known.targets.push(target);
      else shared.set(key, { ...change, targets: [target] });
    }
  }
  return [...shared.values()];
}

function changeKey({ kind, ref, before, after, fields }: ObjectChange): string {
  const values = fields.map((field) => [field.path, field.before?.value, field.after?.value]);
  return JSON.stringify([kind, ref, kind === 'changed' ? values : (before ?? after)?.value]);
}
