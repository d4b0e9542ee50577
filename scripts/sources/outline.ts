import { posix } from 'node:path';
import { isRecord } from '../resources/value.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { plainFile } from '../yaml/plain-file.ts';
import { items, otherFiles, texts } from './kustomization-items.ts';
import type { Kustomization } from './kustomization-schema.ts';
import { kustomizationNames, kustomizationPath, type Layer } from './layer.ts';

/** What a kustomization says, without a look at what it names: a fleet has a thousand, and most of what they read is never opened. */
export interface Outline {
  spec: Kustomization;
  /** Files that it reads, and every name that it may have itself. */
  files: readonly string[];
  /** Folders under `resources` and `components`. */
  folders: readonly string[];
}

export interface Outlines {
  of(folder: string): Outline;
  /** All paths that decide what a build of a folder reads. */
  reads(folder: string): ReadonlySet<string>;
}

/** Reads each kustomization once, fast; `readLayer` reads those that the fast parser may take otherwise than kustomize does. */
export function outlineReader(tree: SourceTree, readLayer: (folder: string) => Layer | undefined): Outlines {
  const known = new Map<string, Outline>();
  const of = (folder: string) => {
    const outline = known.get(folder) ?? outlineOf(tree, folder, specOf(tree, folder, readLayer));
    known.set(folder, outline);
    return outline;
  };
  return {
    of,
    reads(folder) {
      const folders = new Set([folder]);
      const files = new Set<string>();
      // A set grows while it is walked: each folder is visited once, also where they lead in circles.
      for (const one of folders) {
        const outline = of(one);
        for (const path of outline.files) files.add(path);
        for (const path of outline.folders) folders.add(path);
      }
      return files;
    },
  };
}

function specOf(tree: SourceTree, folder: string, readLayer: (folder: string) => Layer | undefined): Kustomization {
  const path = kustomizationPath(tree, folder);
  if (path === undefined) return {};
  const quick = plainFile(tree, path);
  // The fast parser knows no merge keys.
  const isSure = isRecord(quick) && !tree.read(path)?.includes('<<');
  return isSure ? (quick as Kustomization) : (readLayer(folder)?.spec ?? {});
}

function outlineOf(tree: SourceTree, folder: string, spec: Kustomization): Outline {
  const at = (reference: string) => posix.normalize(posix.join(folder, reference));
  const resources = texts(spec.resources).map(([, reference]) => at(reference));
  const isFolder = (path: string) => tree.kind(path) === 'folder';
  return {
    spec,
    files: [
      ...kustomizationNames(folder),
      ...resources.filter((path) => !isFolder(path)),
      ...items(spec.patches).flatMap(([, { path }]) => (typeof path === 'string' ? [at(path)] : [])),
      ...otherFiles(spec).map(([, reference]) => at(reference)),
    ],
    folders: [...resources.filter(isFolder), ...texts(spec.components).map(([, reference]) => at(reference))],
  };
}
