import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HttpError, httpRequest } from '../system/http.ts';
import { runProcess } from '../system/run-process.ts';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { UserError } from '../system/user-error.ts';
import { type KustomizeRelease, platformName } from './kustomize-release.ts';

const GO_TIMEOUT_MS = 15 * 60_000;
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
const TAR_TIMEOUT_MS = 60_000;
const WORK_FOLDER = 'ai-spm-mesh-kustomize-';
/** Several times the size of the archives of today. */
const MAX_ARCHIVE_BYTES = 100 * 1024 * 1024;

/** A way to get the tool that did not work, in words for the user. */
export class InstallFailure extends Error {}

/**
 * Builds the release with the Go toolchain, which checks the source against Go's public checksum database.
 * @param go path of the `go` command
 * @param path where the executable is put, in one step
 * @throws InstallFailure when Go cannot build it
 */
export function installWithGo(
  release: KustomizeRelease,
  go: string,
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  return withTemporaryFolder(WORK_FOLDER, async (folder) => {
    const wanted = `${release.goPackage}@v${release.version}`;
    // Settings of a project that Go is used for elsewhere: none of them may change what is built here, or for which machine.
    const { GOOS, GOARCH, GOFLAGS, GOWORK, ...rest } = env;
    const goEnv = { ...rest, GOBIN: folder, GOFLAGS: '', GOWORK: 'off', GO111MODULE: 'on' };
    const { code, stderr } = await runProcess(go, ['install', wanted], {
      cwd: folder,
      env: goEnv,
      timeoutMs: GO_TIMEOUT_MS,
    });
    if (code !== 0) throw new InstallFailure(`\`go install ${wanted}\` fails: ${stderr.trim() || `exit code ${code}`}`);
    publish(join(folder, 'kustomize'), path);
  });
}

/**
 * Takes the executable out of the archive of the release.
 * @param path where the executable is put, in one step
 * @throws InstallFailure when there is no such archive, it cannot be had, or it is not the one that the sum was taken of
 */
export async function installFromArchive(
  release: KustomizeRelease,
  path: string,
  platform = platformName(),
): Promise<void> {
  const expected = release.checksums[platform];
  if (!expected) throw new InstallFailure(`no archive for ${platform} has a checksum in this repository`);
  const url = `${release.archives}/kustomize_v${release.version}_${platform}.tar.gz`;
  const archive = await download(url);
  const found = createHash('sha256').update(archive).digest('hex');
  if (found !== expected) {
    throw new UserError(
      `the archive ${url} is not the one that was published: SHA-256 ${found} instead of ${expected}`,
      {
        why: 'whoever changed it could run any code here; nothing of it was unpacked',
        fix: 'try again from another network; if the sum stays different, report it to the kustomize project',
      },
    );
  }
  await withTemporaryFolder(WORK_FOLDER, async (folder) => {
    writeFileSync(join(folder, 'archive.tar.gz'), archive);
    const args = ['-xzf', 'archive.tar.gz', 'kustomize'];
    const { code, stderr } = await runProcess('tar', args, { cwd: folder, timeoutMs: TAR_TIMEOUT_MS });
    if (code !== 0) throw new InstallFailure(`tar cannot unpack ${url}: ${stderr.trim()}`);
    publish(join(folder, 'kustomize'), path);
  });
}

async function download(url: string): Promise<Buffer> {
  try {
    const bounds = { maxBytes: MAX_ARCHIVE_BYTES, timeoutMs: DOWNLOAD_TIMEOUT_MS };
    const { status, body } = await httpRequest(url, bounds);
    if (status === 200) return body;
    throw new InstallFailure(`${url} answers with status ${status}`);
  } catch (error) {
    if (error instanceof HttpError) throw new InstallFailure(error.message, { cause: error });
    throw error;
  }
}

/** Copies to the file system of the cache first, since a rename is one step only within a file system. */
function publish(executable: string, path: string): void {
  let unfinished: string | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    unfinished = mkdtempSync(`${path}-`);
    const copy = join(unfinished, 'kustomize');
    copyFileSync(executable, copy);
    chmodSync(copy, 0o755);
    renameSync(copy, path);
  } catch (cause) {
    const what = `kustomize cannot be put into ${dirname(path)}: ${cause instanceof Error ? cause.message : cause}`;
    throw new UserError(what, {
      fix: 'set XDG_CACHE_HOME to a folder that can be written, or KUSTOMIZE to the path of a kustomize',
      cause,
    });
  } finally {
    if (unfinished) rmSync(unfinished, { recursive: true, force: true });
  }
}
