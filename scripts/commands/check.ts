import { join } from 'node:path';
import { applicationList } from '../argo/application-list.ts';
import { buildReport } from '../check/build-report.ts';
import { checkRepository } from '../check/check-repository.ts';
import { redact } from '../report/redact.ts';
import { renderReport } from '../report/render-report.ts';
import { log } from '../system/log.ts';
import { replaceFolder } from '../system/replace-folder.ts';
import { UserError } from '../system/user-error.ts';
import { openWorkspace } from './context.ts';
import { deliver, sourceReader } from './deliver.ts';
import type { OutputOptions, Shard } from './output-options.ts';

/** The main job: every rule over the repository, and `report/` with the page, the findings and what was rendered. */
export async function check(root: string, options: OutputOptions & { shard?: Shard }): Promise<number> {
  const start = performance.now();
  const { tree, tool, cache } = await openWorkspace(root);
  const result = await checkRepository(tree, tool, { cache, ...(options.shard ? { shard: options.shard } : {}) });
  const report = buildReport(result, tool, { seconds: (performance.now() - start) / 1000, format: 'html' });

  const readSource = sourceReader(root);
  const files = {
    'index.html': renderReport('html', report, { color: false, width: 120, readSource }),
    'findings.json': renderReport('json', report, { color: false, width: 120, readSource }),
    'findings.sarif': renderReport('sarif', report, { color: false, width: 120, readSource }),
    ...(result.delivery ? { 'applications.json': applicationList(result.delivery) } : {}),
    ...Object.fromEntries(result.targets.map(({ name, text }) => [`rendered/${name}.yaml`, redact(text)])),
  };
  writeReport(join(root, 'report'), files);
  const code = deliver(report, root, options);
  const { applications = [] } = result.delivery ?? {};
  if (!options.quiet && applications.length > 0)
    log(`report/applications.json lists the ${applications.length} Applications that Argo CD makes of it`);
  if (!options.quiet) log(`report/index.html shows all of it (kustomize ${tool.version}, ${tool.origin})`);
  return code;
}

/**
 * Replaces `report/`.
 * @throws UserError where the machine does not let it be replaced
 */
export function writeReport(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    replaceFolder(folder, files);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const fix = 'make it writable, or run `npm run validate`, which checks the same and writes nothing';
    throw new UserError(error.what, { fix, cause: error });
  }
}
