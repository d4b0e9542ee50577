import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildReport, manifestsReport } from '../check/build-report.ts';
import { checkManifests, type ManifestFile } from '../check/check-manifests.ts';
import { checkRepository } from '../check/check-repository.ts';
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
    return deliver(manifestsReport(result, { seconds: seconds(), format: options.output }), process.cwd(), options);
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
  if (path === '-') return [{ path: '-', text: readFileSync(0, 'utf8') }];
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new UserError(`${path} does not exist`, { fix: 'Give files, folders, or `-` for standard input.' });
  if (!stats.isDirectory()) return [{ path, text: readFileSync(path, 'utf8') }];
  const tree = openSourceTree(path);
  const files = tree.list('.').filter((file) => /\.(ya?ml|json)$/.test(file));
  if (files.length === 0)
    throw new UserError(`${path} holds no YAML or JSON file`, { fix: 'Give the folder that holds the manifests.' });
  return files.map((file) => ({ path: join(path, file), text: tree.read(file) ?? '' }));
}
