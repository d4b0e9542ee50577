import { parseObjects } from '../../render/rendered.ts';
import { type FieldPath, type KubeObject, type RenderedObject, toPointer } from '../../resources/kube-object.ts';
import type { ObjectRule } from '../rule.ts';

export interface Reported {
  code: string;
  /** `Deployment/api-gateway` */
  on: string;
  path: string;
  message: string;
}

/** What a rule reports on manifests, given as text or as objects. Complete unless said otherwise. */
export function reportOf(rule: ObjectRule, manifests: string | readonly RenderedObject[], complete = true): Reported[] {
  const objects = typeof manifests === 'string' ? parseObjects(manifests) : manifests;
  return [...rule.check({ name: 'test', objects, complete })].map(({ code, object, path, message }) => {
    return { code: code.code, on: `${object.ref.kind}/${object.ref.name}`, path: toPointer(path), message };
  });
}

export function pathsOf(rule: ObjectRule, manifests: string | readonly RenderedObject[], complete = true): string[] {
  return reportOf(rule, manifests, complete).map(({ on, path }) => `${on} ${path}`);
}

/** The first object of a stream with one field set; the way to the field is made where it is missing. */
export function withField(text: string, path: FieldPath, value: unknown): RenderedObject[] {
  const [first, ...others] = parseObjects(text);
  if (!first) throw new Error('the stream holds no object');
  const copy = structuredClone(first.value) as KubeObject;
  let at: Record<string | number, unknown> = copy;
  for (const [depth, step] of path.slice(0, -1).entries()) {
    at[step] ??= typeof path[depth + 1] === 'number' ? [] : {};
    at = at[step] as Record<string | number, unknown>;
  }
  at[path.at(-1) as string | number] = value;
  return [{ ...first, value: copy }, ...others];
}
