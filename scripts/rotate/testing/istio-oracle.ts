import { join } from 'node:path';
import { runProcess } from '../../system/run-process.ts';
import { buildOracle } from '../../testing/go-oracle.ts';
import { ROOT } from '../../testing/repository-copy.ts';

/** With the modules of the lab: one place pins Istio for both. */
const SOURCES = ['scripts/rotate/oracle/main.go', 'lab/programs/istio/go.mod', 'lab/programs/istio/go.sum'].map(
  (path) => join(ROOT, path),
);

/** What istiod reads from the Secret `cacerts`, PEM each. */
export interface AskedAuthority {
  certificate: string;
  key: string;
  chain: string;
  roots: string;
}

/** What Istio's own code says against each of some authorities; empty where it accepts one. */
export async function askIstio(authorities: readonly AskedAuthority[]): Promise<string[]> {
  const { code, stdout, stderr } = await runProcess(await buildOracle('istio-oracle', SOURCES), [], {
    stdin: JSON.stringify(authorities),
    timeoutMs: 60_000,
  });
  if (code !== 0) throw new Error(`the oracle fails: ${stderr}`);
  return JSON.parse(stdout) as string[];
}
