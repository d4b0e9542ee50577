import { posix } from 'node:path';
import type { Scalar } from 'yaml';
import type { FieldPath } from '../resources/kube-object.ts';
import { isRecord } from '../resources/value.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { parseYaml, plainValue, type YamlFile } from '../yaml/yaml-file.ts';
import { items, otherFiles, texts } from './kustomization-items.ts';
import { kustomizationProblems } from './kustomization-problems.ts';
import type { Kustomization } from './kustomization-schema.ts';
import type { LayerProblem, LayerProblemKind } from './layer-problem.ts';
import { inlinePatchFile, type Patch, patchDocuments } from './patch.ts';

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
  /** What else it reads and is YAML by its name; generators take text of any kind. */
  others: readonly YamlFile[];
  /** Every file that this layer itself reads, the kustomization included. */
  reads: readonly string[];
  problems: readonly LayerProblem[];
}

const KUSTOMIZATION_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** What kustomize takes for something to clone or download (api/internal/git/repospec.go, loader/fileloader.go). */
const URL_LIKE = /^[a-z][a-z0-9+.-]*:|^git@/i;
const REMOTE = /^[a-z][a-z0-9+.-]*:\/\/|^git@|^[^/]+\.[a-z]{2,}\/.+\/|[?&](ref|version)=/i;

export function kustomizationPath(tree: SourceTree, folder: string): string | undefined {
  return kustomizationNames(folder).find((path) => tree.kind(path) === 'file');
}

/** A second one in a folder takes the place of the first, or makes kustomize refuse. */
export function kustomizationNames(folder: string): string[] {
  return KUSTOMIZATION_NAMES.map((name) => posix.join(folder, name));
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
  const { file, folder } = reading;
  const value = file.documents[0] && plainValue(file.documents[0]);
  const spec = (isRecord(value) ? value : {}) as Kustomization;
  const references = referenceReader(reading);
  const bases: Layer[] = [];
  const resources: YamlFile[] = [];
  for (const [index, reference] of texts(spec.resources)) {
    const at = ['resources', index];
    if (references.isFolder(reference)) bases.push(...references.folder(reference, at));
    else resources.push(...references.file(reference, at));
  }
  const components = texts(spec.components).flatMap(([index, text]) => references.folder(text, ['components', index]));
  const patches = items(spec.patches).flatMap(([index, item]) => readPatch(item, ['patches', index], file, references));
  const others = otherFiles(spec)
    .flatMap(([path, reference]) => references.file(reference, path))
    .filter((other) => /\.ya?ml$/.test(other.path));
  const ambiguous = kustomizationNames(folder)
    .filter((path) => path !== file.path && reading.tree.kind(path) === 'file')
    .map((path): LayerProblem => {
      const message = `there is also ${path}, and kustomize refuses a folder with two kustomizations`;
      return { kind: 'ambiguous', file, range: [0, 0], message };
    });
  const problems = [...ambiguous, ...kustomizationProblems(file, spec), ...references.problems];
  const reads = [file.path, ...references.reads];
  return {
    folder,
    file,
    spec,
    isComponent: spec.kind === 'Component',
    bases,
    components,
    resources,
    patches,
    others,
    reads,
    problems,
  };
}

function readPatch(
  item: Record<string, unknown>,
  path: FieldPath,
  kustomization: YamlFile,
  references: References,
): Patch[] {
  const root = kustomization.documents[0]?.contents ?? null;
  const entry = locate(root, path);
  const inline = locate(root, [...path, 'patch']);
  const files = inline
    ? [inlinePatchFile(kustomization, inline.node as Scalar.Parsed)]
    : references.file(typeof item['path'] === 'string' ? item['path'] : '', [...path, 'path']);
  const target = isRecord(item['target']) ? { target: item['target'] } : {};
  return files.map((file) => ({
    file,
    entry: entry ? rangeOf(entry) : [0, 0],
    documents: patchDocuments(file),
    ...target,
  }));
}

interface References {
  isFolder(reference: string): boolean;
  /** The file or layer that a reference leads to; none, and a problem, where it leads to nothing that may be read. */
  file(reference: string, path: FieldPath): YamlFile[];
  folder(reference: string, path: FieldPath): Layer[];
  reads: readonly string[];
  problems: readonly LayerProblem[];
}

function referenceReader({ tree, folder, file, parse, read, open }: Reading): References {
  const problems: LayerProblem[] = [];
  const reads: string[] = [];
  const refuse = (kind: LayerProblemKind, path: FieldPath, message: string): [] => {
    const at = locate(file.documents[0]?.contents ?? null, path);
    problems.push({ kind, file, range: at ? rangeOf(at) : [0, 0], message });
    return [];
  };
  const pathOf = (reference: string) => posix.normalize(posix.join(folder, reference));
  const resolve = (reference: string, at: FieldPath): string[] => {
    const path = pathOf(reference);
    const isOutside = posix.isAbsolute(reference) || path.startsWith('../') || !tree.isInside(path);
    // A folder may have a dot in its name; a URL is one even where somebody has made a folder of that name.
    if (URL_LIKE.test(reference) || (REMOTE.test(reference) && tree.kind(path) === 'missing'))
      return refuse('remote', at, `\`${reference}\` is fetched from another place`);
    if (isOutside) return refuse('outside', at, `\`${reference}\` lies outside the repository`);
    if (tree.kind(path) === 'missing') return refuse('missing', at, `\`${reference}\` does not exist`);
    return [path];
  };
  return {
    reads,
    problems,
    isFolder: (reference) => tree.kind(pathOf(reference)) === 'folder',
    file: (reference, at) =>
      resolve(reference, at).flatMap((path) => {
        if (tree.kind(path) === 'folder')
          return refuse('wrong-value', at, `\`${reference}\` is a folder, a file is needed`);
        reads.push(path);
        return [parse(path)];
      }),
    folder: (reference, at) =>
      resolve(reference, at).flatMap((path) => {
        if (open.includes(path))
          return refuse('cycle', at, `\`${reference}\` leads back to ${path}, which is already being read`);
        const layer = read(path);
        return layer ? [layer] : refuse('missing', at, `\`${reference}\` has no kustomization.yaml`);
      }),
  };
}
