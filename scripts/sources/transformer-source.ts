import type { FieldPath, KubeObject } from '../resources/kube-object.ts';
import { isRecord, valueAt } from '../resources/value.ts';
import { type Located, locate } from '../yaml/locate.ts';
import type { Layer } from './layer.ts';

/** The entry of `images`, `labels`, `namespace` or `replicas` of a kustomization that set this field, if one did. */
export function transformerSource(layer: Layer, object: KubeObject, path: FieldPath): Located | undefined {
  const at = pathInKustomization(layer, object, path);
  return at && locate(layer.file.documents[0]?.contents ?? null, at);
}

function pathInKustomization(layer: Layer, object: KubeObject, path: FieldPath): FieldPath | undefined {
  const { spec } = layer;
  const last = path.at(-1);
  const value = valueAt(object, path);
  if (last === 'image' && typeof value === 'string') return imagePath(spec.images, value);
  if (path.length === 2 && path[0] === 'metadata' && last === 'namespace')
    return spec.namespace === value ? ['namespace'] : undefined;
  if (path.length === 2 && path[0] === 'spec' && last === 'replicas') {
    const index = list(spec.replicas).findIndex((item) => item.name === object.metadata.name && item.count === value);
    return index >= 0 ? ['replicas', index, 'count'] : undefined;
  }
  if (typeof last !== 'string' || !['labels', 'matchLabels', 'selector'].includes(String(path.at(-2))))
    return undefined;
  const index = list(spec.labels).findIndex((item) => isRecord(item.pairs) && item.pairs[last] === value);
  return index >= 0 ? ['labels', index, 'pairs', last] : undefined;
}

/** An entry may set name, tag and digest; the most telling part that stands in the rendered image is the one to edit. */
function imagePath(images: Layer['spec']['images'], rendered: string): FieldPath | undefined {
  const index = list(images).findIndex((image) => {
    const name = image.newName ?? image.name;
    const isNamed = rendered === name || rendered.startsWith(`${name}:`) || rendered.startsWith(`${name}@`);
    return isNamed && rendered.includes(image.newTag ?? '') && rendered.includes(image.digest ?? '');
  });
  const image = list(images)[index];
  if (!image) return undefined;
  return ['images', index, image.newTag ? 'newTag' : image.digest ? 'digest' : image.newName ? 'newName' : 'name'];
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}
