import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hashText } from '../../lab/hash.ts';
import { runProcess } from '../../system/run-process.ts';
import { withTemporaryFolder } from '../../system/temporary-folder.ts';
import { ROOT } from '../../testing/repository-copy.ts';

const SOURCE = join(ROOT, 'scripts/rotate/oracle/main.go');
/** Pins the Istio that the lab runs: one place for both. */
const MODULE = ['go.mod', 'go.sum'].map((name) => join(ROOT, 'lab/programs/istio', name));
const BUILD_TIMEOUT_MS = 60 * 60_000;

/** What istiod reads from the Secret `cacerts`, PEM each. */
export interface AskedAuthority {
  certificate: string;
  key: string;
  chain: string;
  roots: string;
}

/** What Istio's own code says against each of some authorities; empty where it accepts one. */
export async function askIstio(authorities: readonly AskedAuthority[]): Promise<string[]> {
  const { code, stdout, stderr } = await runProcess(await buildOracle(), [], {
    stdin: JSON.stringify(authorities),
    timeoutMs: 60_000,
  });
  if (code !== 0) throw new Error(`the oracle fails: ${stderr}`);
  return JSON.parse(stdout) as string[];
}

/** Builds it once for each state of its sources; takes minutes where Go has not built Istio before. */
async function buildOracle(): Promise<string> {
  const key = hashText([SOURCE, ...MODULE].map((path) => readFileSync(path, 'utf8')).join('\0'));
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ai-spm-mesh', 'istio-oracle');
  const program = join(folder, key);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  await withTemporaryFolder('ai-spm-mesh-oracle-', async (sources) => {
    for (const path of [SOURCE, ...MODULE]) copyFileSync(path, join(sources, path.split('/').at(-1) ?? ''));
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
    const { code, stderr } = await runProcess('go', ['build', '-o', unfinished, '.'], {
      cwd: sources,
      env,
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    if (code !== 0) throw new Error(`the oracle cannot be built (Go 1.26 or later is needed): ${stderr}`);
  });
  renameSync(unfinished, program);
  return program;
}
