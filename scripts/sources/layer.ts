import { posix } from 'node:path';
import { isMap, type ParsedNode, type Scalar } from 'yaml';
import { isRecord } from '../resources/value.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { parseYaml, plainValue, type Range, type YamlFile } from '../yaml/yaml-file.ts';
import { DEPRECATED_FIELDS, type Kustomization, kustomizationSchema } from './kustomization-schema.ts';
import { inlinePatchFile, type Patch, patchDocuments } from './patch.ts';

export type LayerProblemKind =
  | 'unknown-field'
  | 'deprecated-field'
  | 'wrong-value'
  | 'remote'
  | 'outside'
  | 'missing'
  | 'cycle';

export interface LayerProblem {
  kind: LayerProblemKind;
  file: YamlFile;
  range: Range;
  message: string;
}

/** One kustomization with all that it reads: kustomize builds a target from a tree of these. */
export interface Layer {
  /** Folder relative to the repository root. */
  folder: string;
  file: YamlFile;
  /** As written; only fields of the right shape are to be trusted (`problems` names the others). */
  spec: Kustomization;
  isComponent: boolean;
  /** Folders under `resources`, in order. */
  bases: readonly Layer[];
  components: readonly Layer[];
  /** Files under `resources`, in order. */
  resources: readonly YamlFile[];
  patches: readonly Patch[];
  /** Every file that this layer itself reads, the kustomization included. */
  reads: readonly string[];
  problems: readonly LayerProblem[];
}

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** What kustomize takes for something to clone or download (api/internal/git/repospec.go, loader/fileloader.go). */
const REMOTE = /^[a-z][a-z0-9+.-]*:\/\/|^git@|^[^/]+\.[a-z]{2,}\/.+\/|[?&](ref|version)=/i;

export function kustomizationPath(tree: SourceTree, folder: string): string | undefined {
  return FILE_NAMES.map((name) => posix.join(folder, name)).find((path) => tree.kind(path) === 'file');
}

/** Reads kustomizations and what they refer to, each folder once. Reads files only, never runs or fetches anything. */
export function layerReader(tree: SourceTree): (folder: string) => Layer | undefined {
  const done = new Map<string, Layer | undefined>();
  const open: string[] = [];
  const files = new Map<string, YamlFile>();
  const parse = (path: string) => {
    const known = files.get(path) ?? parseYaml(path, tree.read(path) ?? '');
    files.set(path, known);
    return known;
  };
  const read = (folder: string): Layer | undefined => {
    if (done.has(folder)) return done.get(folder);
    const path = kustomizationPath(tree, folder);
    if (!path) return undefined;
    open.push(folder);
    const layer = readLayer({ tree, folder, file: parse(path), parse, read, open });
    open.pop();
    done.set(folder, layer);
    return layer;
  };
  return read;
}

interface Reading {
  tree: SourceTree;
  folder: string;
  file: YamlFile;
  parse(path: string): YamlFile;
  read(folder: string): Layer | undefined;
  /** Folders whose reading has begun, outermost first: meeting one again is a cycle. */
  open: readonly string[];
}

function readLayer(reading: Reading): Layer {
  const { file, folder, parse } = reading;
  const document = file.documents[0];
  const root = document?.contents ?? null;
  const value = document ? plainValue(document) : undefined;
  const spec = (isRecord(value) ? value : {}) as Kustomization;
  const problems: LayerProblem[] = schemaProblems(file, root, spec);
  const reads = [file.path];
  const report = (kind: LayerProblemKind, path: (string | number)[], message: string) => {
    const at = locate(root, path);
    problems.push({ kind, file, range: at ? rangeOf(at) : [0, 0], message });
  };

  const resolve = (reference: string, path: (string | number)[]): string | undefined => {
    const target = posix.normalize(posix.join(folder, reference));
    if (reading.tree.kind(target) === 'missing' && REMOTE.test(reference)) {
      report('remote', path, `\`${reference}\` is fetched from another place`);
    } else if (posix.isAbsolute(reference) || target.startsWith('../') || !reading.tree.isInside(target)) {
      report('outside', path, `\`${reference}\` lies outside the repository`);
    } else if (reading.tree.kind(target) === 'missing') {
      report('missing', path, `\`${reference}\` does not exist`);
    } else {
      return target;
    }
    return undefined;
  };
  const resolveFile = (reference: string, path: (string | number)[]): YamlFile | undefined => {
    const target = resolve(reference, path);
    if (!target) return undefined;
    if (reading.tree.kind(target) === 'folder')
      report('wrong-value', path, `\`${reference}\` is a folder, a file is needed`);
    else reads.push(target);
    return reading.tree.kind(target) === 'file' ? parse(target) : undefined;
  };
  const resolveFolder = (reference: string, path: (string | number)[]): Layer | undefined => {
    const target = resolve(reference, path);
    if (!target) return undefined;
    if (reading.open.includes(target)) {
      report('cycle', path, `\`${reference}\` leads back to ${target}, which is already being read`);
      return undefined;
    }
    const layer = reading.read(target);
    if (!layer) report('missing', path, `\`${reference}\` has no kustomization.yaml`);
    return layer;
  };

  const bases: Layer[] = [];
  const resources: YamlFile[] = [];
  for (const [index, reference] of texts(spec.resources)) {
    const isFolder = reading.tree.kind(posix.normalize(posix.join(folder, reference))) === 'folder';
    const at = ['resources', index];
    if (isFolder) bases.push(...present(resolveFolder(reference, at)));
    else resources.push(...present(resolveFile(reference, at)));
  }
  const components = texts(spec.components).flatMap(([index, reference]) =>
    present(resolveFolder(reference, ['components', index])),
  );
  const patches = items(spec.patches).flatMap(([index, item]) => {
    const entry = locate(root, ['patches', index]);
    const inline = locate(root, ['patches', index, 'patch']);
    const text = inline ? inlinePatchFile(file, inline.node as Scalar.Parsed) : undefined;
    const patchFile =
      text ?? (typeof item['path'] === 'string' ? resolveFile(item['path'], ['patches', index, 'path']) : undefined);
    if (!patchFile || !entry) return [];
    const target = isRecord(item['target']) ? { target: item['target'] } : {};
    return [{ file: patchFile, entry: rangeOf(entry), documents: patchDocuments(patchFile), ...target }];
  });
  for (const [path, reference] of otherFiles(spec)) resolveFile(reference, path);

  const isComponent = spec.kind === 'Component';
  return { folder, file, spec, isComponent, bases, components, resources, patches, reads, problems };
}

/** Plain files that a build reads beside resources and patches. */
function otherFiles(spec: Kustomization): [path: (string | number)[], reference: string][] {
  const lists = ['crds', 'configurations', 'generators', 'transformers', 'validators'] as const;
  const fromLists = lists.flatMap((list) => texts(spec[list]).map(([index, text]) => [[list, index], text] as const));
  const generators = ['configMapGenerator', 'secretGenerator'] as const;
  const fromGenerators = generators.flatMap((list) =>
    items(spec[list]).flatMap(([index, item]) =>
      ['files', 'envs'].flatMap((field) =>
        texts(item[field]).map(([i, text]) => [[list, index, field, i], text.slice(text.indexOf('=') + 1)] as const),
      ),
    ),
  );
  const replacements = items(spec.replacements).flatMap(([index, item]) =>
    typeof item['path'] === 'string' ? [[['replacements', index, 'path'], item['path']] as const] : [],
  );
  return [...fromLists, ...fromGenerators, ...replacements].map(([path, text]) => [[...path], text]);
}

function schemaProblems(file: YamlFile, root: ParsedNode | null, spec: unknown): LayerProblem[] {
  const result = kustomizationSchema.safeParse(spec);
  if (result.success || !isMap(root)) return [];
  return result.error.issues.flatMap((issue): LayerProblem[] => {
    const path = issue.path as (string | number)[];
    const at = locate(root, path);
    if (issue.code !== 'unrecognized_keys') {
      return [
        {
          kind: 'wrong-value',
          file,
          range: at ? rangeOf(at) : [0, 0],
          message: `\`${path.join('.')}\`: ${issue.message}`,
        },
      ];
    }
    return issue.keys.map((key) => {
      const field = locate(root, [...path, key]);
      const replacement = path.length === 0 ? DEPRECATED_FIELDS[key] : undefined;
      return {
        kind: replacement ? 'deprecated-field' : 'unknown-field',
        file,
        range: field ? rangeOf(field, 'key') : [0, 0],
        message: replacement
          ? `\`${key}\` has been replaced by ${replacement}`
          : `\`${key}\` is not a field of a kustomization`,
      };
    });
  });
}

function texts(value: unknown): [number, string][] {
  return Array.isArray(value)
    ? [...value.entries()].filter((item): item is [number, string] => typeof item[1] === 'string')
    : [];
}

function items(value: unknown): [number, Record<string, unknown>][] {
  return Array.isArray(value)
    ? [...value.entries()].filter((item): item is [number, Record<string, unknown>] => isRecord(item[1]))
    : [];
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
