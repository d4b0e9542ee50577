import type { KubeObject } from '../resources/kube-object.ts';
import { isRecord } from '../resources/value.ts';
import { plainValue, type YamlFile } from '../yaml/yaml-file.ts';
import type { Layer } from './layer.ts';

/** A layer that an object passes through, and the names it has there (before and after the layer's prefix and suffix). */
export interface Level {
  layer: Layer;
  names: readonly string[];
}

/** Where an object of a target is declared, and the layers it passes through on its way, innermost first. */
export interface Declaration {
  group: string;
  kind: string;
  /** As rendered, but for the hash that a generator appends. */
  name: string;
  namespace?: string;
  isGenerated: boolean;
  file: YamlFile;
  /** Index of the document in the file; for a generator the path of its item in the kustomization. */
  at: { document: number } | { generator: readonly [list: 'configMapGenerator' | 'secretGenerator', index: number] };
  levels: readonly Level[];
}

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Every object that a layer brings into a build. A folder that is built twice declares its objects twice. */
export function declarationsOf(layer: Layer): Declaration[] {
  const inner = [...layer.bases, ...layer.components].flatMap(declarationsOf);
  const own = [...layer.resources.flatMap(resourceDeclarations), ...generatorDeclarations(layer)];
  return [...inner, ...own].map((declaration) => throughLayer(declaration, layer));
}

function throughLayer(declaration: Declaration, layer: Layer): Declaration {
  const { namePrefix = '', nameSuffix = '', namespace } = layer.spec;
  const isNamespace = declaration.kind === 'Namespace';
  const name = isNamespace ? declaration.name : `${namePrefix}${declaration.name}${nameSuffix}`;
  const names = [...new Set([name, declaration.name])];
  const levels = [...declaration.levels, { layer, names }];
  return { ...declaration, name, levels, ...(namespace && !isNamespace ? { namespace } : {}) };
}

function resourceDeclarations(file: YamlFile): Declaration[] {
  return file.documents.flatMap((document, index) => {
    const value = plainValue(document);
    if (!isKubeObject(value)) return [];
    const { name, namespace } = value.metadata;
    return {
      group: groupOf(value.apiVersion),
      kind: value.kind,
      name,
      ...(namespace ? { namespace } : {}),
      isGenerated: false,
      file,
      at: { document: index },
      levels: [],
    };
  });
}

function generatorDeclarations(layer: Layer): Declaration[] {
  const lists = { configMapGenerator: 'ConfigMap', secretGenerator: 'Secret' } as const;
  return (Object.keys(lists) as (keyof typeof lists)[]).flatMap((list) => {
    const items: unknown = layer.spec[list];
    if (!Array.isArray(items)) return [];
    return items.flatMap((item: unknown, index): Declaration[] =>
      isRecord(item) && typeof item['name'] === 'string'
        ? [
            {
              group: '',
              kind: lists[list],
              name: item['name'],
              isGenerated: true,
              file: layer.file,
              at: { generator: [list, index] },
              levels: [],
            },
          ]
        : [],
    );
  });
}

export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isRecord(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isRecord(value['metadata']) &&
    typeof value['metadata']['name'] === 'string'
  );
}

/** The suffix that kustomize appends to generated names (api/hasher: ten characters of its own alphabet). */
const HASH_SUFFIX = /^-[2-9bcdfghkmt]{10}$/;

/** The declaration of a rendered object, with a lookup table that is built once per target. */
export function declarationIndex(
  declarations: readonly Declaration[],
): (object: KubeObject) => Declaration | undefined {
  const byKind = new Map<string, Declaration[]>();
  for (const declaration of declarations) {
    const key = `${declaration.group}/${declaration.kind}`;
    byKind.set(key, [...(byKind.get(key) ?? []), declaration]);
  }
  return (object) => {
    const candidates = byKind.get(`${groupOf(object.apiVersion)}/${object.kind}`) ?? [];
    const named = candidates.filter((candidate) => hasName(candidate, object.metadata.name));
    const { namespace } = object.metadata;
    return (
      named.find((candidate) => candidate.namespace === namespace) ?? named.find((candidate) => !candidate.namespace)
    );
  };
}

function hasName(declaration: Declaration, name: string): boolean {
  if (declaration.name === name) return true;
  return (
    declaration.isGenerated &&
    name.startsWith(declaration.name) &&
    HASH_SUFFIX.test(name.slice(declaration.name.length))
  );
}
