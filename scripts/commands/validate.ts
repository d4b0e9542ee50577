import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildReport, manifestsReport } from '../check/build-report.ts';
import { checkManifests, MAX_MANIFEST_BYTES, type ManifestFile } from '../check/check-manifests.ts';
import { checkRepository } from '../check/check-repository.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { readError } from '../system/file-error.ts';
import { readBounded } from '../system/read-bounded.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { openWorkspace } from './context.ts';
import { deliver } from './deliver.ts';
import type { OutputOptions, Shard } from './output-options.ts';

export interface ValidateOptions extends OutputOptions {
  manifests?: string[];
  complete?: boolean;
  shard?: Shard;
}

/** All rules on the repository, or on manifests that someone hands in; writes nothing but what is asked for. */
export async function validate(root: string, options: ValidateOptions): Promise<number> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  if (options.manifests) {
    const result = checkManifests(options.manifests.flatMap(readManifests), options.complete === true);
    if (result.objects.length === 0 && result.findings.length === 0) throw nothingToCheck(options.manifests);
    return deliver(manifestsReport(result, { seconds: seconds(), format: options.output }), callerFolder(), options);
  }
  if (options.complete)
    throw new UserError('--complete goes with --manifests', {
      fix: 'Targets of the repository are always complete; leave the option out.',
    });
  const { tree, tool, cache } = await openWorkspace(root);
  const result = await checkRepository(tree, tool, { cache, ...(options.shard ? { shard: options.shard } : {}) });
  return deliver(buildReport(result, tool, { seconds: seconds(), format: options.output }), root, options);
}

/** Files of a path: itself, every YAML or JSON file below a folder, or stdin for `-`. */
function readManifests(path: string): ManifestFile[] {
  const textOf = (name: string, file: string | 0) => reading(name, () => readBounded(file, MAX_MANIFEST_BYTES));
  if (path === '-' || path === '/dev/stdin') return [{ path, text: textOf('standard input', 0) }];
  const place = resolve(callerFolder(), path);
  const stats = reading(path, () => statSync(place, { throwIfNoEntry: false }));
  if (!stats) throw new UserError(`${path} does not exist`, { fix: 'Give files, folders, or `-` for standard input.' });
  if (stats.isFile() || stats.isFIFO()) return [{ path, text: textOf(path, place) }];
  if (!stats.isDirectory())
    throw new UserError(`${path} is no file, folder or pipe`, {
      why: 'a device may have no end',
      fix: 'Give files, folders, or `-` for standard input.',
    });
  const tree = openSourceTree(place);
  const files = tree.list('.').filter((file) => /\.(ya?ml|json)$/.test(file) && tree.kind(file) === 'file');
  if (files.length === 0)
    throw new UserError(`${path} holds no YAML or JSON file`, { fix: 'Give the folder that holds the manifests.' });
  return files.map((file) => ({ path: join(path, file), text: tree.read(file) ?? '' }));
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw readError(path, error);
  }
}

/** A command that failed before the pipe looks like this: it must not pass for manifests without a finding. */
function nothingToCheck(paths: readonly string[]): UserError {
  const names = paths.map((path) => (path === '-' ? 'standard input' : path));
  return new UserError(`no Kubernetes object in ${names.join(', ')}`, {
    why: 'nothing was checked, and that must not pass for a clean result',
    fix: paths.includes('-')
      ? 'was the command before the pipe successful? Run it alone to see, and use `set -o pipefail` in scripts'
      : 'give files or folders that hold manifests',
  });
}
