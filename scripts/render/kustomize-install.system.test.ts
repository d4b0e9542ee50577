import { chmodSync, copyFileSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProcess } from '../system/run-process.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { PINNED_KUSTOMIZE } from './kustomize-release.ts';
import { findKustomize } from './kustomize-tool.ts';

const NO_ARCHIVE = { ...PINNED_KUSTOMIZE, checksums: {} };
const TEN_MINUTES = 600_000;
/** A time that every file system keeps exactly. */
const WHOLE_SECOND = 1_700_000_000;

/** With the real Go toolchain: needs `go`, and the network unless its module cache has kustomize. */
async function goSettings(): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await runProcess('go', ['env', '-json', 'GOROOT', 'GOMODCACHE', 'GOCACHE', 'GOPROXY']);
  const { GOROOT, ...settings } = JSON.parse(stdout) as Record<string, string>;
  return { ...settings, PATH: `${GOROOT}/bin` };
}

describe('installing kustomize with Go', () => {
  it('builds the pinned version, whatever the caller uses Go for otherwise', { timeout: TEN_MINUTES }, async () => {
    const cacheHome = temporaryTree({});
    const log: string[] = [];
    const odd = {
      GOOS: 'plan9',
      GOARCH: 'mips',
      GOFLAGS: '-mod=vendor',
      GOWORK: join(cacheHome, 'go.work'),
      GO111MODULE: 'off',
    };
    const env = { ...(await goSettings()), ...odd, HOME: homedir(), XDG_CACHE_HOME: cacheHome };
    const tool = await findKustomize(env, (line) => log.push(line), NO_ARCHIVE);

    expect(tool).toMatchObject({ args: ['build'], version: '5.8.1', origin: 'cache' });
    expect(await runProcess(tool.command, ['version'])).toMatchObject({ stdout: 'v5.8.1\n' });
    expect(log.join('\n')).toContain('installing kustomize 5.8.1 once with the Go toolchain');

    await findsWithoutStarting(tool.command);
  });

  it('says what Go said where it cannot build, after trying the archive too', { timeout: TEN_MINUTES }, async () => {
    const home = temporaryTree({});
    const env = { ...(await goSettings()), HOME: homedir(), XDG_CACHE_HOME: home };
    const found = findKustomize(env, () => {}, { ...NO_ARCHIVE, version: '5.8.99999' });

    await expect(found).rejects.toMatchObject({
      name: 'UserError',
      details: { why: expect.stringMatching(/go install .*v5\.8\.99999` fails: .*\n.*no archive for/s) },
    });
    expect(readdirSync(home)).toEqual([]);
  });
});

/** A warm start goes by path, time and size of the file alone: it does not notice that the file is no program any more. */
async function findsWithoutStarting(kustomize: string): Promise<void> {
  const home = temporaryTree({});
  const command = join(home, 'bin', 'kustomize');
  mkdirSync(join(home, 'bin'));
  copyFileSync(kustomize, command);
  chmodSync(command, 0o755);
  utimesSync(command, WHOLE_SECOND, WHOLE_SECOND);
  const env = { HOME: home, PATH: join(home, 'bin') };
  const cold = await findKustomize(env, () => {}, NO_ARCHIVE);
  writeFileSync(command, Buffer.alloc(statSync(command).size));
  utimesSync(command, WHOLE_SECOND, WHOLE_SECOND);

  expect(await findKustomize(env, () => {}, NO_ARCHIVE)).toEqual(cold);
  expect(cold).toMatchObject({ version: '5.8.1', origin: 'kustomize on PATH' });
}
