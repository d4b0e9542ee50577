import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryTree } from './temp-repository.ts';

export const ROOT = resolve(__dirname, '..', '..');

const COPIED = ['base', 'overlays', 'clusters', 'argocd', 'schemas', 'package.json', 'tsconfig.json'];

/**
 * A copy of this repository that a test may change. The CLI works on the repository that `scripts/cli.ts` is in, so that is copied too;
 * the folders beside it, which no test changes and which are most of the files, are links.
 */
export function copyOfRepository(): string {
  const root = temporaryTree({});
  for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true });
  mkdirSync(join(root, 'scripts'));
  for (const entry of readdirSync(join(ROOT, 'scripts'), { withFileTypes: true })) {
    const [from, to] = [ROOT, root].map((folder) => join(folder, 'scripts', entry.name)) as [string, string];
    if (entry.isDirectory()) symlinkSync(from, to);
    else copyFileSync(from, to);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** Replaces text that must be there. */
export function edit(root: string, file: string, find: string, put: string): void {
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(find)) throw new Error(`${file} does not hold ${JSON.stringify(find)}`);
  writeFileSync(path, text.replace(find, put));
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the CLI of a repository as its npm scripts do. */
export function runCli(
  root: string,
  args: readonly string[],
  options: { input?: string; env?: NodeJS.ProcessEnv } = {},
): CliResult {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['-r', './scripts/load-typescript.js', 'scripts/cli.ts', ...args],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...options.env },
      ...(options.input === undefined ? {} : { input: options.input }),
    },
  );
  return { code: status, stdout, stderr };
}
