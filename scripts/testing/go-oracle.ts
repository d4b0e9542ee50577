import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { hashFiles } from '../lab/hash.ts';
import { runProcess } from '../system/run-process.ts';
import { withTemporaryFolder } from '../system/temporary-folder.ts';

const BUILD_TIMEOUT_MS = 60 * 60_000;

/**
 * Builds a Go program that asks the code of another project, once for each state of its sources; takes minutes where Go has not built that
 * project before.
 * @param name of its folder in the cache
 * @param sources paths of its `main.go`, `go.mod` and `go.sum`, wherever each is
 * @returns path of the program
 */
export async function buildOracle(name: string, sources: readonly string[]): Promise<string> {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ai-spm-mesh', name);
  const program = join(folder, hashFiles(sources));
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  await withTemporaryFolder('ai-spm-mesh-oracle-', async (scratch) => {
    for (const path of sources) copyFileSync(path, join(scratch, basename(path)));
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
    const { code, stderr } = await runProcess('go', ['build', '-o', unfinished, '.'], {
      cwd: scratch,
      env,
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    if (code !== 0) throw new Error(`the oracle cannot be built (Go 1.26 or later is needed): ${stderr}`);
  });
  renameSync(unfinished, program);
  return program;
}
