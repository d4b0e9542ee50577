import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import pLimit from 'p-limit';
import { findKustomize, type KustomizeTool } from '../render/kustomize-tool.ts';
import { readRepository } from '../sources/repository.ts';
import { runProcess } from '../system/run-process.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { makeFleet } from './fleet.ts';

const ROOT = resolve(__dirname, '..', '..');

interface Row {
  what: string;
  seconds: number;
  peer: number;
}

/** Times `npm start` beside bare `kustomize build` of the same targets at the same parallelism, both in this run. */
async function main(): Promise<void> {
  const options = new Command('bench')
    .description('time the check beside bare kustomize, in one run')
    .option('--clusters <list>', 'sizes of made fleets, separated by commas', '10,100')
    .option('--runs <n>', 'runs of each command; medians are printed', '5')
    .parse()
    .opts<{ clusters: string; runs: string }>();
  const runs = Number(options.runs);
  const tool = await findKustomize(process.env, (line) => process.stderr.write(`${line}\n`));
  const rows = [...(await measure('this repository', ROOT, tool, runs))];
  for (const size of options.clusters.split(',').map(Number).filter(Boolean)) {
    const fleet = makeFleet(ROOT, size);
    try {
      rows.push(...(await measure(`${size} clusters`, fleet.root, tool, size > 100 ? 1 : Math.min(runs, 3))));
    } finally {
      fleet.remove();
    }
  }
  print(rows, tool);
}

async function measure(name: string, root: string, tool: KustomizeTool, runs: number): Promise<Row[]> {
  const targets = readRepository(openSourceTree(root))
    .targets.filter(({ trial }) => !trial)
    .map((target) => target.name);
  const cold: number[] = [];
  const warm: number[] = [];
  const peer: number[] = [];
  for (let run = 0; run < runs; run++) {
    rmSync(join(root, 'node_modules', '.cache', 'ai-spm-mesh'), { recursive: true, force: true });
    cold.push(checkSeconds(root));
    warm.push(checkSeconds(root));
    peer.push(await kustomizeSeconds(root, tool, targets));
  }
  return [
    { what: `${name}: check, nothing cached`, seconds: median(cold), peer: median(peer) },
    { what: `${name}: check, warm`, seconds: median(warm), peer: median(peer) },
  ];
}

function checkSeconds(root: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync('npm', ['start', '--silent', '--', '--quiet'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the check failed in ${root}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

async function kustomizeSeconds(root: string, tool: KustomizeTool, targets: readonly string[]): Promise<number> {
  const start = performance.now();
  const limit = pLimit(availableParallelism());
  await Promise.all(
    targets.map((target) => limit(() => runProcess(tool.command, [...tool.args, target], { cwd: root }))),
  );
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(rows: readonly Row[], tool: KustomizeTool): void {
  const lines = rows.map(
    ({ what, seconds, peer }) =>
      `| ${what} | ${seconds.toFixed(2)} | ${peer.toFixed(2)} | ${(seconds / peer).toFixed(2)} |`,
  );
  const head = `Node ${process.version}, ${availableParallelism()} cores, kustomize ${tool.version} (${tool.origin})`;
  const table = ['| what | seconds | kustomize build of the same targets | ratio |', '|---|---|---|---|', ...lines];
  process.stdout.write(`${head}\n\n${table.join('\n')}\n`);
}

void main();
