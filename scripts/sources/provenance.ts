import { isMap, isScalar, isSeq } from 'yaml';
import type { SourcePosition } from '../findings/finding.ts';
import type { FieldPath, KubeObject } from '../resources/kube-object.ts';
import { sameValue, valueAt } from '../resources/value.ts';
import { type Located, locate, rangeOf } from '../yaml/locate.ts';
import { positionAt, type YamlFile } from '../yaml/yaml-file.ts';
import { type Declaration, declarationIndex, declarationsOf, type Level } from './declaration.ts';
import type { Layer } from './layer.ts';
import type { JsonOperation, PatchDocument } from './patch.ts';
import { appliesTo } from './patch-target.ts';
import { transformerSource } from './transformer-source.ts';

/** A node that sets a field, and the file it stands in. */
export interface Setting {
  file: YamlFile;
  located: Located;
}

export type FieldSource = (object: KubeObject, path: FieldPath, at?: 'key' | 'value') => SourcePosition | undefined;

/**
 * Finds the line that a person must edit to change a field of a rendered object: the outermost patch or transformer that set the
 * value, else the resource itself; for a field that is nowhere, its nearest parent.
 * kustomize's own origin annotations cannot serve: they name no patch and no field, and change what JSON patches on annotations do.
 */
export function fieldSources(target: Layer): FieldSource {
  const find = declarationIndex(declarationsOf(target));
  return (object, path, at) => {
    const declaration = find(object);
    if (!declaration) return undefined;
    for (let length = path.length; length >= 0; length--) {
      const setting = settingOf(declaration, object, path.slice(0, length));
      if (setting) return positionAt(setting.file, rangeOf(setting.located, length === path.length ? at : undefined));
    }
    return { file: declaration.file.path, line: 1, column: 1 };
  };
}

/** The file that declares an object, and whether it is known at all. */
export function originFinder(target: Layer): (object: KubeObject) => string | undefined {
  const find = declarationIndex(declarationsOf(target));
  return (object) => find(object)?.file.path;
}

function settingOf(declaration: Declaration, object: KubeObject, path: FieldPath): Setting | undefined {
  const value = valueAt(object, path);
  const patches = [...patchSettings(declaration, object, path)];
  const resource = resourceSetting(declaration, object, path);
  if (typeof value === 'object' && value !== null) {
    // A map or list: who replaced it as a whole decides, else where it began; a merge patch only adds to it.
    return patches.find((setting) => setting.isWhole) ?? resource ?? patches.at(-1);
  }
  if (value === undefined) return patches.find((setting) => setting.isRemoval);
  const plain = (setting: Setting): unknown => (isLeaf(setting.located) ? setting.located.node.toJSON() : undefined);
  const isSame = (setting: Setting) => sameValue(plain(setting), value);
  const exact = patches.find(isSame) ?? (resource && isSame(resource) ? resource : undefined);
  if (exact) return exact;
  // kustomize writes the value of a patch in the quotes of the base: then the base is what made a number into text.
  const [last] = patches;
  const isRetyped =
    last && resource && String(plain(last)) === String(value) && typeof plain(resource) === typeof value;
  return isRetyped ? resource : (last ?? resource);
}

function isLeaf({ node }: Located): boolean {
  return isScalar(node) || !(isMap(node) || isSeq(node));
}

interface PatchSetting extends Setting {
  /** Replaces what was there rather than merging into it. */
  isWhole: boolean;
  isRemoval: boolean;
}

/** All patches and transformers that set a path, the one with the last word first. */
function* patchSettings(declaration: Declaration, object: KubeObject, path: FieldPath): Generator<PatchSetting> {
  for (const { layer, names } of declaration.levels.toReversed()) {
    for (const acting of layersActingOn(layer, declaration.levels)) {
      const transformer = transformerSource(acting, object, path);
      if (transformer) yield { file: acting.file, located: transformer, isWhole: true, isRemoval: false };
      for (const patch of acting.patches.toReversed()) {
        for (const document of patch.documents.toReversed()) {
          if (!appliesTo(patch, document, object, names)) continue;
          for (const setting of documentSettings(document, object, path)) yield { ...setting, file: patch.file };
        }
      }
    }
  }
}

/** A layer and the components it includes, last word first; a component through which the object itself came has its own level. */
function layersActingOn(layer: Layer, levels: readonly Level[]): Layer[] {
  const others = layer.components.filter((component) => !levels.some((level) => level.layer === component));
  return [layer, ...others.toReversed().flatMap((component) => layersActingOn(component, levels))];
}

function documentSettings(document: PatchDocument, object: KubeObject, path: FieldPath): Omit<PatchSetting, 'file'>[] {
  if (document.type === 'merge') {
    const located = locate(document.root, path, object);
    return located ? [{ located, isWhole: false, isRemoval: located.node.toJSON() === null }] : [];
  }
  return document.operations.toReversed().flatMap((operation) => operationSetting(operation, object, path) ?? []);
}

function operationSetting(
  operation: JsonOperation,
  object: KubeObject,
  path: FieldPath,
): Omit<PatchSetting, 'file'> | undefined {
  const depth = operation.path.length;
  const isPrefix =
    depth <= path.length && operation.path.every((step, index) => step === String(path[index]) || step === '-');
  if (!isPrefix || operation.op === 'test') return undefined;
  if (operation.op === 'remove')
    return depth === path.length ? { located: { node: operation.node }, isWhole: true, isRemoval: true } : undefined;
  const placed = valueAt(object, path.slice(0, depth));
  if (operation.path.at(-1) === '-' && !sameValue(operation.value, placed)) return undefined;
  const located = operation.valueNode && locate(operation.valueNode, path.slice(depth), placed);
  return located ? { located, isWhole: true, isRemoval: false } : undefined;
}

function resourceSetting(declaration: Declaration, object: KubeObject, path: FieldPath): Setting | undefined {
  const { at, file } = declaration;
  if ('document' in at) {
    const located = locate(file.documents[at.document]?.contents ?? null, path, object);
    return located && { file, located };
  }
  const item = locate(file.documents[0]?.contents ?? null, at.generator);
  if (!item) return undefined;
  const [field, key] = path;
  if (field !== 'data' || key === undefined) return path.length === 0 ? { file, located: item } : undefined;
  const literals = locate(item.node, ['literals'])?.node;
  const literal = isSeq(literals)
    ? literals.items.find((node) => isScalar(node) && String(node.value).startsWith(`${key}=`))
    : undefined;
  return { file, located: literal && isScalar(literal) ? { node: literal as Located['node'] } : item };
}
