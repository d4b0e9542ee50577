import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../resources/kube-object.ts';
import { runProcess } from '../../system/run-process.ts';
import { buildOracle } from '../../testing/go-oracle.ts';

const SOURCES = ['main.go', 'go.mod', 'go.sum'].map((name) => join(__dirname, '..', 'oracle', name));

export interface OracleAnswer {
  file: string;
  applications: KubeObject[];
  error?: string;
}

/** Asks Argo CD's own code what it makes of each file, with a git work tree in the place of every repository. */
export async function askOracle(workTree: string, files: readonly string[]): Promise<OracleAnswer[]> {
  const oracle = await buildOracle('argo-oracle', SOURCES);
  const { code, stdout, stderr } = await runProcess(oracle, [workTree, ...files], { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`the oracle fails: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as OracleAnswer);
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
