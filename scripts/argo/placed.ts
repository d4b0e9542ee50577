import type { SourcePosition } from '../findings/finding.ts';
import type { FieldPath, KubeObject } from '../resources/kube-object.ts';
import { isRecord } from '../resources/value.ts';
import { isKubeObject } from '../sources/declaration.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { type ParsedNode, plainValue, positionAt, type YamlFile } from '../yaml/yaml-file.ts';
import type { Placed } from './delivery.ts';

/** The objects of a file, each with the place of its fields; `kind: List` is opened. */
export function placedObjects(file: YamlFile): Placed[] {
  return file.documents.flatMap((document) => open(plainValue(document), document.contents, [], file));
}

function open(value: unknown, root: ParsedNode | null, inside: FieldPath, file: YamlFile): Placed[] {
  if (isRecord(value) && value['kind'] === 'List' && Array.isArray(value['items'])) {
    return value['items'].flatMap((item, index) => open(item, root, [...inside, 'items', index], file));
  }
  if (!isKubeObject(value)) return [];
  const nodeAt = (path: FieldPath) => {
    const located = locate(root, [...inside, ...path]);
    return located && { file, node: located.node };
  };
  return [{ value, placeOf: (path) => nearestPlace(file, root, inside, path), nodeAt }];
}

function nearestPlace(file: YamlFile, root: ParsedNode | null, inside: FieldPath, path: FieldPath): SourcePosition {
  for (let length = path.length; length >= 0; length--) {
    const located = locate(root, [...inside, ...path.slice(0, length)]);
    if (located) return positionAt(file, rangeOf(located));
  }
  return positionAt(file, [0, 0]);
}

/** An Application that a set makes: its fields are those of the template. */
export function fromTemplate(value: KubeObject, set: Placed): Placed {
  const inSet = (path: FieldPath) => ['spec', 'template', ...path];
  return { value, placeOf: (path) => set.placeOf(inSet(path)), nodeAt: (path) => set.nodeAt?.(inSet(path)) };
}
