import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { filesAt } from '../git/files-at.ts';
import { readError } from './file-error.ts';

/** Read access to the files of one repository; paths are relative to its root, with `/`. */
export interface SourceTree {
  root: string;
  /** Text of a file, `undefined` where there is none or where a symbolic link leads out of the repository. */
  read(path: string): string | undefined;
  kind(path: string): 'file' | 'folder' | 'missing';
  /** False where a symbolic link leads out of the repository. */
  isInside(path: string): boolean;
  /** True where a symbolic link leads from the path to another file or folder. */
  isLinked(path: string): boolean;
  /**
   * All files below a folder, sorted; empty where the folder is missing.
   * @param skip names of folders that are not entered
   */
  list(folder: string, skip?: readonly string[]): string[];
  /** Texts of files at a commit, `undefined` for each that it does not have; `undefined` where the commit is not at hand. */
  readAt(commit: string, paths: readonly string[]): (string | undefined)[] | undefined;
}

/**
 * Opens a repository folder. Texts are read once and kept: one run sees one state of every file.
 * Its functions throw a UserError that names the file where permissions keep it from being read.
 */
export function openSourceTree(root: string): SourceTree {
  const realRoot = realpathSync(root);
  const texts = new Map<string, string | undefined>();
  const kind = (path: string) => reading(path, () => kindOf(join(realRoot, path)));
  const isInside = (path: string) => {
    if (kind(path) === 'missing') return true;
    const real = relative(realRoot, realpathSync.native(join(realRoot, path)));
    return real !== '..' && !real.startsWith(`..${sep}`);
  };
  const isLinked = (path: string) =>
    kind(path) !== 'missing' && realpathSync(join(realRoot, path)) !== join(realRoot, path);
  const readNow = (path: string) =>
    kind(path) === 'file' && isInside(path)
      ? reading(path, () => readFileSync(join(realRoot, path), 'utf8'))
      : undefined;
  return {
    root: realRoot,
    kind,
    isInside,
    isLinked,
    read(path) {
      if (!texts.has(path)) texts.set(path, readNow(path));
      return texts.get(path);
    },
    list: (folder, skip = []) => walk(realRoot, folder, skip).sort(),
    readAt: (commit, paths) => filesAt(realRoot, commit, paths),
  };
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw readError(path, error);
  }
}

function kindOf(path: string): ReturnType<SourceTree['kind']> {
  try {
    // Thousands of files are asked for that do not exist: an error for each takes longer than the look.
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isDirectory() ? 'folder' : stats?.isFile() ? 'file' : 'missing';
  } catch (error) {
    // A file on the way to it, or a link that leads in circles.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ELOOP') return 'missing';
    throw error;
  }
}

function walk(root: string, folder: string, skip: readonly string[]): string[] {
  const entries = reading(folder, () =>
    kindOf(join(root, folder)) === 'folder' ? readdirSync(join(root, folder), { withFileTypes: true }) : [],
  );
  return entries.flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return skip.includes(entry.name) ? [] : walk(root, path, skip);
  });
}

/** A tree held in memory: for examples and for planning changes that are not on disk. */
export function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const isFolder = (path: string) => Object.keys(files).some((file) => file.startsWith(`${path}/`));
  return {
    root: '/',
    read: (path) => files[path],
    kind: (path) => (path in files ? 'file' : isFolder(path) ? 'folder' : 'missing'),
    isInside: () => true,
    isLinked: () => false,
    list: (folder) =>
      Object.keys(files)
        .filter((path) => folder === '.' || path.startsWith(`${folder}/`))
        .sort(),
    readAt: () => undefined,
  };
}

/** A tree with some files put over it, `undefined` taking one away: what the repository would be after a change. */
export function overlayTree(
  tree: SourceTree,
  changes: ReadonlyMap<string, string | undefined> | Readonly<Record<string, string | undefined>>,
): SourceTree {
  const all = changes instanceof Map ? changes : new Map(Object.entries(changes));
  const gone = new Set([...all].flatMap(([path, text]) => (text === undefined ? [path] : [])));
  const over = treeOf(
    Object.fromEntries([...all].filter((entry): entry is [string, string] => entry[1] !== undefined)),
  );
  return {
    root: tree.root,
    read: (path) => (gone.has(path) ? undefined : (over.read(path) ?? tree.read(path))),
    kind(path) {
      if (gone.has(path)) return 'missing';
      return over.kind(path) === 'missing' ? tree.kind(path) : over.kind(path);
    },
    isInside: (path) => tree.isInside(path),
    readAt: (commit, paths) => tree.readAt(commit, paths),
    isLinked: (path) => over.kind(path) === 'missing' && tree.isLinked(path),
    list: (folder, skip) =>
      [...new Set([...tree.list(folder, skip), ...over.list(folder)])].filter((path) => !gone.has(path)).sort(),
  };
}
