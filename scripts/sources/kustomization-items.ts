import type { FieldPath } from '../resources/kube-object.ts';
import { isRecord } from '../resources/value.ts';
import type { Kustomization } from './kustomization-schema.ts';

type Reference = readonly [path: FieldPath, reference: string];

/** Plain files that a build reads beside resources and patches. */
export function otherFiles(spec: Kustomization): Reference[] {
  const lists = ['crds', 'configurations'] as const;
  const generators = ['configMapGenerator', 'secretGenerator'] as const;
  return [
    ...lists.flatMap((list) => texts(spec[list]).map(([index, text]): Reference => [[list, index], text])),
    ...generators.flatMap((list) =>
      items(spec[list]).flatMap(([index, item]) =>
        generatorFiles(item).map(([path, file]): Reference => [[list, index, ...path], file]),
      ),
    ),
    ...items(spec.replacements).flatMap(([index, { path }]): Reference[] =>
      typeof path === 'string' ? [[['replacements', index, 'path'], path]] : [],
    ),
    ...(isRecord(spec.openapi) && typeof spec.openapi['path'] === 'string'
      ? [[['openapi', 'path'], spec.openapi['path']] as const]
      : []),
  ];
}

/** `files` may give a key before the file: `key=file`. */
function generatorFiles(item: Record<string, unknown>): Reference[] {
  const fromLists = ['files', 'envs'].flatMap((field) =>
    texts(item[field]).map(([index, text]): Reference => [[field, index], text.slice(text.indexOf('=') + 1)]),
  );
  return typeof item['env'] === 'string' ? [...fromLists, [['env'], item['env']]] : fromLists;
}

/** The text items of a list with their positions, whatever the list really is. */
export function texts(value: unknown): [number, string][] {
  return Array.isArray(value)
    ? [...value.entries()].filter((item): item is [number, string] => typeof item[1] === 'string')
    : [];
}

/** The map items of a list with their positions. */
export function items(value: unknown): [number, Record<string, unknown>][] {
  return Array.isArray(value)
    ? [...value.entries()].filter((item): item is [number, Record<string, unknown>] => isRecord(item[1]))
    : [];
}
