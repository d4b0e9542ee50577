import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { runProcess } from '../system/run-process.ts';
import { writeFileAtomic } from '../system/write-file.ts';

/** What a tool says of itself. */
export interface ToolVersion {
  /** `5.8.1`: its own for kustomize, that of the one built in for kubectl. */
  kustomize: string;
  /** `1.32.4`, for kubectl only. */
  kubectl?: string | undefined;
}

const TIMEOUT_MS = 20_000;
const keptVersion = z.object({ kustomize: z.string(), kubectl: z.string().optional() });
const kubectlVersion = z.object({
  clientVersion: z.object({ gitVersion: z.string() }),
  kustomizeVersion: z.string().optional(),
});

/**
 * Asks a tool for its version.
 * @throws UserError when it cannot be run, Error with the reason where it gives no version
 */
export async function askVersion(
  command: string,
  kind: 'kustomize' | 'kubectl',
  env: NodeJS.ProcessEnv,
): Promise<ToolVersion> {
  const args = kind === 'kubectl' ? ['version', '--client', '--output=json'] : ['version'];
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: 1024 * 1024 };
  const { code, stdout, stderr } = await runProcess(command, args, { env, ...limits });
  if (code !== 0) throw new Error(`\`${kind} version\` fails: ${stderr.trim().split('\n')[0] || `exit code ${code}`}`);
  return kind === 'kubectl' ? readKubectl(stdout) : readKustomize(stdout);
}

/** kustomize 5 prints `v5.8.1`, kustomize 4 `{Version:kustomize/v4.5.7 GitCommit:...}`, one built without a version `(devel)`. */
function readKustomize(text: string): ToolVersion {
  const kustomize = versionIn(text);
  if (!kustomize) throw new Error(`\`kustomize version\` gives no version but \`${text.trim().slice(0, 80)}\``);
  return { kustomize };
}

function readKubectl(text: string): ToolVersion {
  const found = kubectlVersion.safeParse(parseJson(text)).data;
  if (!found) throw new Error('`kubectl version` does not print the JSON that was asked for');
  const kubectl = versionIn(found.clientVersion.gitVersion);
  const kustomize = versionIn(found.kustomizeVersion ?? '');
  if (!kustomize) throw new Error(`kubectl ${kubectl} is too old to say which kustomize it brings`);
  return { kustomize, ...(kubectl ? { kubectl } : {}) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function versionIn(text: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

export function isAtLeast(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * The version of a file, asked for once and kept in `folder` until the file changes. What hands over to another program (a script, the
 * shim of a version manager) is asked every time: its answer changes without its file.
 */
export async function rememberVersion(
  command: string,
  folder: string,
  ask: () => Promise<ToolVersion>,
): Promise<ToolVersion> {
  const real = realpathSync(command);
  if (!basename(real).startsWith(basename(command)) || !isReadableBinary(real)) return ask();
  const { mtimeMs, size } = statSync(real);
  const key = createHash('sha256')
    .update([basename(command), real, mtimeMs, size].join('\n'))
    .digest('hex');
  const path = join(folder, 'versions', `${key}.json`);
  const known = readKept(path);
  if (known) return known;
  const version = await ask();
  try {
    mkdirSync(join(folder, 'versions'), { recursive: true });
    writeFileAtomic(path, JSON.stringify(version));
  } catch {
    // Where nothing can be kept (a read-only home), it is asked again next time.
  }
  return version;
}

function readKept(path: string): ToolVersion | undefined {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return keptVersion.safeParse(parseJson(text)).data;
}

function isReadableBinary(path: string): boolean {
  const start = Buffer.alloc(2);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    readSync(file, start, 0, 2, 0);
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return start.toString('latin1') !== '#!';
}
