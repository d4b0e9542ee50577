import { entriesOf } from '../../resources/fields.ts';
import { isRecord } from '../../resources/value.ts';
import { refused, unsupported, within } from '../expansion-error.ts';
import { baseName, folderName } from '../go-path.ts';
import { normalizeName } from '../go-template/names.ts';
import { type GoMap, mapOf } from '../go-template/value.ts';
import { isRevision } from '../held-paths.ts';
import { flatten, stringList } from '../parameters.ts';
import { readYaml } from '../read-yaml.ts';
import type { Generate, GeneratorContext, RepositoryFiles } from './generator.ts';
import { matchesFolder, matchesPathspec } from './git-paths.ts';
import { addValues } from './values.ts';

/** `git`: one set of parameters for each folder, or for each map in the files, that the patterns name. */
export const gitGenerator: Generate = (spec, context) => {
  const url = String(spec['repoURL'] ?? '');
  const files = context.world.repository(url);
  if (!files)
    throw unsupported(`the files of ${url || 'a repository without a URL'}, which are not in this checkout`, [
      'repoURL',
    ]);
  const revision = String(spec['revision'] ?? '');
  if (files.revisions && !isRevision(revision, files.revisions))
    throw unsupported(`the files at the revision \`${revision}\`, which are not those of this checkout`, ['revision']);
  const folders = entriesOf(spec['directories']);
  if (folders.length > 0) return folderParameters(spec, files, context);
  if (entriesOf(spec['files']).length > 0) return fileParameters(spec, files, context);
  throw refused('a git generator needs `directories` or `files`');
};

interface Pattern {
  path: string;
  exclude: boolean;
}

function patternsOf(list: unknown): Pattern[] {
  return entriesOf(list).map(({ value }) => ({
    path: String(value['path'] ?? ''),
    exclude: value['exclude'] === true,
  }));
}

function folderParameters(spec: Record<string, unknown>, files: RepositoryFiles, context: GeneratorContext): GoMap[] {
  const patterns = patternsOf(spec['directories']);
  const matches = (path: string, exclude: boolean) =>
    patterns.some(
      (pattern, index) =>
        pattern.exclude === exclude && within(['directories', index, 'path'], () => matchesFolder(pattern.path, path)),
    );
  return foldersOf(files)
    .filter((path) => matches(path, false) && !matches(path, true))
    .map((path) => {
      const parameters: GoMap = new Map();
      addPath(parameters, spec, context, path);
      addValues(spec['values'], parameters, context);
      return parameters;
    });
}

/** Parents first, then by name; hidden folders, and all below them, are passed over. */
function foldersOf(files: RepositoryFiles): string[] {
  const folders = new Set<string>();
  for (const path of files.list()) {
    const steps = path.split('/').slice(0, -1);
    const hidden = steps.findIndex((step) => step.startsWith('.'));
    const visible = hidden < 0 ? steps : steps.slice(0, hidden);
    for (const [index] of visible.entries()) folders.add(visible.slice(0, index + 1).join('/'));
  }
  return [...folders].sort((a, b) => (a.replaceAll('/', '\0') < b.replaceAll('/', '\0') ? -1 : 1));
}

function fileParameters(spec: Record<string, unknown>, files: RepositoryFiles, context: GeneratorContext): GoMap[] {
  const patterns = patternsOf(spec['files']);
  const matches = (path: string, exclude: boolean) =>
    patterns.some(
      (pattern, index) =>
        pattern.exclude === exclude && within(['files', index, 'path'], () => matchesPathspec(pattern.path, path)),
    );
  const paths = files.list().filter((path) => matches(path, false) && !matches(path, true));
  return paths
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((path) =>
      within(
        [
          'files',
          Math.max(
            patterns.findIndex((pattern) => !pattern.exclude && matchesPathspec(pattern.path, path)),
            0,
          ),
          'path',
        ],
        () => elementsOf(path, files.read(path) ?? ''),
      ).map((element) => {
        const parameters: GoMap = context.goTemplate ? mapOf(element) : new Map(flatten(mapOf(element)));
        addPath(parameters, spec, context, folderName(path), baseName(path));
        addValues(spec['values'], parameters, context);
        return parameters;
      }),
    );
}

/** A file is one map, or a list of maps. */
function elementsOf(path: string, text: string): Record<string, unknown>[] {
  let value: unknown;
  try {
    value = readYaml(text) ?? {};
  } catch (error) {
    if (error instanceof Error) error.message = `${path}: ${error.message}`;
    throw error;
  }
  const elements = (Array.isArray(value) ? value : [value]).map((element: unknown) => element ?? {});
  if (!elements.every(isRecord)) throw refused(`${path} is neither a map nor a list of maps`);
  return elements;
}

function addPath(
  parameters: GoMap,
  spec: Record<string, unknown>,
  { goTemplate }: GeneratorContext,
  folder: string,
  file?: string,
): void {
  const prefix = typeof spec['pathParamPrefix'] === 'string' ? spec['pathParamPrefix'] : '';
  const parts = {
    basename: baseName(folder),
    basenameNormalized: normalizeName(baseName(folder)),
    ...(file === undefined ? {} : { filename: file, filenameNormalized: normalizeName(file) }),
  };
  const steps = folder.split('/');
  if (goTemplate) {
    const path: GoMap = new Map<string, unknown>([
      ['path', folder],
      ...Object.entries(parts),
      ['segments', stringList(steps)],
    ]);
    parameters.set(prefix || 'path', prefix ? new Map([['path', path]]) : path);
    return;
  }
  const name = prefix ? `${prefix}.path` : 'path';
  parameters.set(name, folder);
  for (const [part, text] of Object.entries(parts)) parameters.set(`${name}.${part}`, text);
  for (const [index, step] of steps.entries()) if (step !== '') parameters.set(`${name}[${index}]`, step);
}
