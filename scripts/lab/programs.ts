import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../system/run-process.ts';
import { UserError } from '../system/user-error.ts';
import { hashText } from './hash.ts';
import { LAB, labCache } from './layout.ts';
import { PROGRAM_MODULES, type ProgramModule } from './program-list.ts';
import { progress } from './progress.ts';

/** Built programs by name, with absolute paths, and one folder for each module. */
export interface Programs {
  paths: ReadonlyMap<string, string>;
  /** Folders for PATH. */
  folders: readonly string[];
  /** Changes whenever any program does. */
  key: string;
}

const BUILD_TIMEOUT_MS = 60 * 60_000;

/**
 * Builds what is not in the cache. Go checks each source against the sums in go.sum.
 * @throws UserError with the output of Go when it cannot be built
 */
export async function buildPrograms(modules = PROGRAM_MODULES): Promise<Programs> {
  const goVersion = (await go(['env', 'GOVERSION'], LAB)).trim();
  const built: { folder: string; key: string }[] = [];
  for (const module of modules) {
    const key = buildKey(module, goVersion);
    const folder = join(labCache(), 'programs', `${module.folder}-${key}`);
    if (!existsSync(folder)) await build(module, folder);
    built.push({ folder, key });
  }
  const paths = built.flatMap(({ folder }) => readdirSync(folder).map((name) => [name, join(folder, name)] as const));
  return {
    paths: new Map(paths),
    folders: built.map(({ folder }) => folder),
    key: hashText(built.map(({ key }) => key).join()),
  };
}

/** Where Go keeps the sources of a module: charts and manifests that belong to a program come from there. */
export async function moduleFolder({ folder, module }: ProgramModule): Promise<string> {
  const cwd = join(LAB, 'programs', folder);
  await go(['mod', 'download', module], cwd);
  return (await go(['list', '-m', '-f', '{{.Dir}}', module], cwd)).trim();
}

async function build(module: ProgramModule, folder: string): Promise<void> {
  const source = join(LAB, 'programs', module.folder);
  progress(`building ${module.folder}, once: about ${module.minutes} min on two cores`);
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await go(['build', '-trimpath', '-ldflags', linkerFlags(module), '-o', `${unfinished}/`, 'tool'], source);
  for (const [from, to] of Object.entries(module.rename ?? {}))
    renameSync(join(unfinished, from), join(unfinished, to));
  renameSync(unfinished, folder);
}

function buildKey(module: ProgramModule, goVersion: string): string {
  const source = join(LAB, 'programs', module.folder);
  const files = ['go.mod', 'go.sum'].map((name) => readFileSync(join(source, name), 'utf8'));
  return hashText([goVersion, linkerFlags(module), JSON.stringify(module.rename ?? {}), ...files].join('\0'));
}

function linkerFlags({ variables = {} }: ProgramModule): string {
  return ['-s -w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}

async function go(args: readonly string[], cwd: string): Promise<string> {
  // No setting of the user may change what is built; without cgo the programs run on any base image.
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
  const { code, stdout, stderr } = await runProcess('go', args, { cwd, env, timeoutMs: BUILD_TIMEOUT_MS });
  if (code === 0) return stdout;
  throw new UserError(`\`go ${args.join(' ')}\` fails in ${cwd}`, {
    why: stderr.trim() || `exit code ${code}`,
    fix: 'Go 1.26 or later and its module proxy are needed; the command can be run again by hand in that folder',
  });
}
