import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hashText } from '../../lab/hash.ts';
import type { KubeObject } from '../../resources/kube-object.ts';
import { runProcess } from '../../system/run-process.ts';

const SOURCE = join(__dirname, '..', 'oracle');
const BUILD_TIMEOUT_MS = 60 * 60_000;

export interface OracleAnswer {
  file: string;
  applications: KubeObject[];
  error?: string;
}

/** Asks Argo CD's own code what it makes of each file, with a git work tree in the place of every repository. */
export async function askOracle(workTree: string, files: readonly string[]): Promise<OracleAnswer[]> {
  const oracle = await buildOracle();
  const { code, stdout, stderr } = await runProcess(oracle, [workTree, ...files], { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`the oracle fails: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as OracleAnswer);
}

/** Builds it once for each state of its sources; takes minutes where Go has not built Argo CD before. */
async function buildOracle(): Promise<string> {
  const sources = ['main.go', 'go.mod', 'go.sum'].map((name) => readFileSync(join(SOURCE, name), 'utf8'));
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ai-spm-mesh', 'argo-oracle');
  const program = join(folder, hashText(sources.join('\0')));
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
  const { code, stderr } = await runProcess('go', ['build', '-o', unfinished, '.'], {
    cwd: SOURCE,
    env,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  if (code !== 0) throw new Error(`the oracle cannot be built (Go 1.26 or later is needed): ${stderr}`);
  renameSync(unfinished, program);
  return program;
}

/** A copy of a folder under git, which Argo CD lists files by. */
export async function asWorkTree(from: string, to: string): Promise<void> {
  cpSync(from, to, { recursive: true });
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all', '--force'],
  ]) {
    const { code, stderr } = await runProcess('git', args, { cwd: to, timeoutMs: 60_000 });
    if (code !== 0) throw new Error(`git ${args.join(' ')} fails: ${stderr}`);
  }
}
