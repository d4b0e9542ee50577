import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../system/user-error.ts';
import { InstallFailure, installFromArchive, installWithGo } from './kustomize-install.ts';
import { type KustomizeRelease, PINNED_KUSTOMIZE, platformName } from './kustomize-release.ts';
import { askVersion, isAtLeast, rememberVersion } from './kustomize-version.ts';

export interface KustomizeTool {
  /** Absolute path. */
  command: string;
  /** What stands before the folder: `['build']`, or `['kustomize']` for kubectl. */
  args: string[];
  /** `5.8.1` */
  version: string;
  origin: 'KUSTOMIZE' | 'kustomize on PATH' | 'kubectl on PATH' | 'cache';
}

/** What kubectl 1.31 brings, the oldest that the skew policy of Kubernetes allows with the oldest cluster here (1.32). */
const MINIMUM = '5.4';

/**
 * The kustomize to build with: `$KUSTOMIZE`, else a suitable `kustomize` or `kubectl` on PATH, else the pinned release in the user's cache
 * folder, installed there once.
 * @param log takes progress, for stderr
 * @throws UserError when `$KUSTOMIZE` is set and no suitable tool, or none can be found or installed
 */
export async function findKustomize(
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
  release: KustomizeRelease = PINNED_KUSTOMIZE,
): Promise<KustomizeTool> {
  const cache = cacheFolder(env);
  if (env['KUSTOMIZE']) return chosenTool(env['KUSTOMIZE'], cache, env);
  const unsuitable: string[] = [];
  for (const kind of ['kustomize', 'kubectl'] as const) {
    const command = onPath(kind, env);
    const tool = command ? await examine(command, `${kind} on PATH`, cache, env) : `no ${kind} is on PATH`;
    if (typeof tool !== 'string') return tool;
    unsuitable.push(tool);
  }
  const command = join(cache, `kustomize-${release.version}-${platformName().replace('_', '-')}`, 'kustomize');
  if (!isExecutable(command)) await install(release, command, unsuitable, env, log);
  return { command, args: ['build'], version: release.version, origin: 'cache' };
}

/** What the user names is used or refused, never replaced by another tool in silence. */
async function chosenTool(name: string, cache: string, env: NodeJS.ProcessEnv): Promise<KustomizeTool> {
  const command = name.includes('/') ? resolve(name) : onPath(name, env);
  const tool =
    command && isExecutable(command)
      ? await examine(command, 'KUSTOMIZE', cache, env)
      : `there is no executable file \`${name}\``;
  if (typeof tool !== 'string') return tool;
  throw new UserError(`$KUSTOMIZE cannot be used: ${tool}`, {
    why: `the overlays are built with kustomize ${MINIMUM} or later only, and no other tool is taken in place of one that was named`,
    fix: 'set KUSTOMIZE to the path of a suitable kustomize or kubectl, or unset it to have one found or installed',
  });
}

/** The tool, or in words why it is not suitable. */
async function examine(
  command: string,
  origin: KustomizeTool['origin'],
  cache: string,
  env: NodeJS.ProcessEnv,
): Promise<KustomizeTool | string> {
  const kind = basename(command).startsWith('kubectl') ? 'kubectl' : 'kustomize';
  try {
    const { kustomize: version, kubectl } = await rememberVersion(command, cache, () => askVersion(command, kind, env));
    if (isAtLeast(version, MINIMUM)) {
      return { command, args: [kind === 'kubectl' ? 'kustomize' : 'build'], version, origin };
    }
    const has = kind === 'kubectl' ? `kubectl ${kubectl} brings kustomize ${version}` : `kustomize is ${version}`;
    return `${command}: ${has}, ${MINIMUM} is needed`;
  } catch (error) {
    return `${command}: ${error instanceof Error ? error.message : error}`;
  }
}

async function install(
  release: KustomizeRelease,
  path: string,
  unsuitable: readonly string[],
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> {
  const go = onPath('go', env);
  const ways = [
    ...(go
      ? [{ with: 'the Go toolchain, which takes about two minutes', run: () => installWithGo(release, go, path, env) }]
      : []),
    { with: 'the archive of the release', run: () => installFromArchive(release, path) },
  ];
  const failures: string[] = [];
  for (const way of ways) {
    log(`installing kustomize ${release.version} once with ${way.with}: ${path}`);
    try {
      await way.run();
      for (const reason of [...unsuitable, ...failures]) log(reason);
      return;
    } catch (error) {
      if (!(error instanceof InstallFailure)) throw error;
      failures.push(error.message);
    }
  }
  throw new UserError(`no kustomize ${MINIMUM} or later was found, and none could be installed`, {
    why: [...unsuitable, ...failures].join('\n'),
    fix: `install kustomize ${MINIMUM} or later (https://kubectl.docs.kubernetes.io/installation/kustomize/), or set KUSTOMIZE to its path`,
  });
}

/** The base directory specification of freedesktop.org: a relative path is as good as none. */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base && isAbsolute(base) ? base : join(env['HOME'] || homedir(), '.cache'), 'ai-spm-mesh');
}

/** Relative entries of PATH are passed over: what they hold depends on the folder that the command was started in. */
function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
