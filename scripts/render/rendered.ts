import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { type KubeObject, type RenderedObject, refOf } from '../resources/kube-object.ts';
import { isRecord } from '../resources/value.ts';
import { isKubeObject } from '../sources/declaration.ts';

/** The objects of a rendered stream, in its order; `kind: List` is opened as kubectl does. */
export function parseObjects(text: string): RenderedObject[] {
  // The core schema, as the API server reads it: a date stays text.
  return loadAll(text, { schema: CORE_SCHEMA })
    .flatMap(openList)
    .map((value) => ({ ref: refOf(value), value }));
}

function openList(value: unknown): KubeObject[] {
  if (isRecord(value) && value['kind'] === 'List' && Array.isArray(value['items']))
    return value['items'].flatMap(openList);
  return isKubeObject(value) ? [value] : [];
}
