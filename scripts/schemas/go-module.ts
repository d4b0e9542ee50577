import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { UserError } from '../system/user-error.ts';
import type { GoModule } from './upstreams.ts';

const KEPT = 'The field schemas come from published Go modules. The files in schemas/ are unchanged and stay in use.';

/**
 * Folder of a published Go module, downloaded into Go's own module cache if it is not there yet. Go checks it against the public checksum
 * database, and nothing of it is compiled or run.
 * @throws UserError when Go is not installed or the module cannot be had
 */
export async function goModuleFolder({ module, version }: GoModule): Promise<string> {
  const wanted = `${module}@${version}`;
  // A folder without go.mod, and no flags of the caller: neither may change which module is meant.
  const options = { cwd: tmpdir(), env: { ...process.env, GOFLAGS: '', GOWORK: 'off' } };
  const output = await promisify(execFile)('go', ['mod', 'download', '-json', wanted], options).then(
    ({ stdout }) => stdout,
    (error: NodeJS.ErrnoException & { stdout?: string }) => {
      if (error.code === 'ENOENT') throw goMissing();
      return error.stdout ?? '';
    },
  );
  const { Dir, Error: reason } = parseAnswer(output);
  if (Dir) return Dir;
  throw new UserError(`the module ${wanted} cannot be downloaded: ${reason ?? 'go mod download gave no reason'}`, {
    why: KEPT,
    fix: 'Check the network and `go env GOPROXY`, and that scripts/schemas/upstreams.ts names a published version.',
  });
}

function goMissing(): UserError {
  return new UserError('the command `go` was not found', {
    why: KEPT,
    fix: 'Install Go 1.21 or newer (https://go.dev/dl/) and run `npm run schemas` again. Nothing else in this repository needs Go.',
  });
}

function parseAnswer(output: string): { Dir?: string; Error?: string } {
  try {
    return JSON.parse(output) as { Dir?: string; Error?: string };
  } catch {
    return {};
  }
}
