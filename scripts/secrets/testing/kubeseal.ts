import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PROGRAM_MODULES } from '../../lab/program-list.ts';
import { buildPrograms } from '../../lab/programs.ts';
import { runProcess } from '../../system/run-process.ts';
import { withTemporaryFolder } from '../../system/temporary-folder.ts';

/** Upstream's own program, built once on this machine: minutes the first time. */
export async function findKubeseal(): Promise<string> {
  const modules = PROGRAM_MODULES.filter(({ folder }) => folder === 'sealed-secrets');
  return (await buildPrograms(modules)).paths.get('kubeseal') ?? '';
}

/** What upstream's own code finds in a SealedSecret: the data of the Secret, or why it cannot be opened. */
export function openSealed(kubeseal: string, key: string, sealed: string): Promise<Record<string, Buffer> | string> {
  return withTemporaryFolder('ai-spm-mesh-test-', async (folder) => {
    const file = join(folder, 'key.pem');
    writeFileSync(file, key);
    const args = ['--recovery-unseal', '--recovery-private-key', file, '--format', 'yaml'];
    const { code, stdout, stderr } = await runProcess(kubeseal, args, { stdin: sealed });
    if (code !== 0) return stderr;
    const { data } = parse(stdout) as { data: Record<string, string | null> };
    return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value ?? '', 'base64')]));
  });
}
