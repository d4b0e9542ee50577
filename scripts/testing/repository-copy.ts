import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { applyGeneration } from '../generate/generate.ts';
import { planGeneration } from '../generate/plan.ts';
import { loadRecords, RINGS_FILE } from '../records/load-records.ts';
import { withRevision } from '../rings/edit-rings.ts';
import { openSourceTree, overlayTree } from '../system/source-tree.ts';
import { temporaryTree } from './temp-repository.ts';

export const ROOT = resolve(__dirname, '..', '..');

const COPIED = ['base', 'overlays', 'clusters', 'argocd', 'schemas', 'package.json', 'tsconfig.json'];

/**
 * A copy of this repository that a test may change. The CLI works on the repository that `scripts/cli.ts` is in, so that is copied too;
 * the folders beside it, which no test changes and which are most of the files, are links. All rings follow main: the commits that they
 * may be held at are not copied.
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
  openRings(root);
  return root;
}

function openRings(root: string): void {
  const tree = openSourceTree(root);
  const held = loadRecords(tree).rings.filter(({ revision }) => revision !== 'main');
  if (held.length === 0) return;
  const text = held.reduce((rings, { name }) => withRevision(rings, name, 'main'), tree.read(RINGS_FILE) ?? '');
  const open = overlayTree(tree, { [RINGS_FILE]: text });
  applyGeneration(root, planGeneration(open, loadRecords(open)));
  writeFileSync(join(root, RINGS_FILE), text);
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
