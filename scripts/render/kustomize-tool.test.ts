import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { type KustomizeRelease, PINNED_KUSTOMIZE, platformName } from './kustomize-release.ts';
import { findKustomize } from './kustomize-tool.ts';

/** A machine of its own: a home folder and a PATH that hold only these small scripts. */
function machine(tools: Readonly<Record<string, string>>): { env: NodeJS.ProcessEnv; bin: string; cache: string } {
  const home = temporaryTree({});
  const bin = join(home, 'bin');
  mkdirSync(bin);
  for (const [name, body] of Object.entries(tools)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { env: { HOME: home, PATH: bin }, bin, cache: join(home, '.cache', 'ai-spm-mesh') };
}

function kubectl(version: string, kustomize?: string): string {
  const answer = { clientVersion: { gitVersion: version }, ...(kustomize ? { kustomizeVersion: kustomize } : {}) };
  return `[ "$*" = "version --client --output=json" ] && echo '${JSON.stringify(answer)}'`;
}

const silent = () => {};
/** Nothing can be had from here: the finder fails rather than installs. */
const NOWHERE: KustomizeRelease = { ...PINNED_KUSTOMIZE, archives: 'http://127.0.0.1:1', checksums: {} };

describe('findKustomize', () => {
  it('takes $KUSTOMIZE before all else, by path or by name', async () => {
    const { env, bin } = machine({ kustomize: 'echo v5.8.0', 'kustomize-5.5': 'echo v5.5.0' });
    const expected = { command: join(bin, 'kustomize-5.5'), args: ['build'], version: '5.5.0', origin: 'KUSTOMIZE' };

    expect(await findKustomize({ ...env, KUSTOMIZE: join(bin, 'kustomize-5.5') }, silent, NOWHERE)).toEqual(expected);
    expect(await findKustomize({ ...env, KUSTOMIZE: 'kustomize-5.5' }, silent, NOWHERE)).toEqual(expected);
    expect(await findKustomize({ ...env, KUSTOMIZE: '' }, silent, NOWHERE)).toMatchObject({ version: '5.8.0' });
  });

  it('takes a kubectl from $KUSTOMIZE', async () => {
    const { env, bin } = machine({ 'kubectl-1.33': kubectl('v1.33.1', 'v5.6.0') });
    const tool = await findKustomize({ ...env, KUSTOMIZE: 'kubectl-1.33' }, silent, NOWHERE);

    expect(tool).toEqual({
      command: join(bin, 'kubectl-1.33'),
      args: ['kustomize'],
      version: '5.6.0',
      origin: 'KUSTOMIZE',
    });
  });

  it.each([
    ['is missing', 'gone', 'there is no executable file `gone`'],
    ['is a folder', '/', 'there is no executable file `/`'],
    ['is too old', 'old', 'kustomize is 4.5.7, 5.4 is needed'],
    ['is a kubectl that is too old', 'kubectl', 'kubectl 1.25.4 brings kustomize 4.5.7, 5.4 is needed'],
    ['is something else', 'other', '`kustomize version` gives no version but `hello`'],
    ['fails', 'failing', '`kustomize version` fails: no such command'],
  ])('refuses a $KUSTOMIZE that %s, though a good one is on PATH', async (_, name, reason) => {
    const { env } = machine({
      kustomize: 'echo v5.8.0',
      old: "echo '{Version:kustomize/v4.5.7 GitCommit:56d82a8 BuildDate:2022-08-02T16:35:54Z GoOs:linux GoArch:amd64}'",
      kubectl: kubectl('v1.25.4', 'v4.5.7'),
      other: 'echo hello',
      failing: 'echo no such command >&2; exit 1',
    });
    const found = findKustomize({ ...env, KUSTOMIZE: name }, silent, NOWHERE);

    await expect(found).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining(reason) });
    await expect(found).rejects.toThrow(/^\$KUSTOMIZE cannot be used: /);
  });

  it('prefers kustomize on PATH to kubectl', async () => {
    const { env, bin } = machine({ kustomize: 'echo v5.4.0', kubectl: kubectl('v1.34.0', 'v5.7.1') });

    expect(await findKustomize(env, silent, NOWHERE)).toEqual({
      command: join(bin, 'kustomize'),
      args: ['build'],
      version: '5.4.0',
      origin: 'kustomize on PATH',
    });
  });

  it('passes over a kustomize that is too old, and files that are not executable', async () => {
    const { env, bin } = machine({ kustomize: 'echo v5.3.0', kubectl: kubectl('v1.34.0', 'v5.7.1') });
    const expected = {
      command: join(bin, 'kubectl'),
      args: ['kustomize'],
      version: '5.7.1',
      origin: 'kubectl on PATH',
    };

    expect(await findKustomize(env, silent, NOWHERE)).toEqual(expected);
    chmodSync(join(bin, 'kustomize'), 0o644);
    expect(await findKustomize(env, silent, NOWHERE)).toEqual(expected);
  });

  it('compares versions by number', async () => {
    const { env } = machine({ kustomize: 'echo v5.10.0' });

    expect(await findKustomize(env, silent, NOWHERE)).toMatchObject({ version: '5.10.0' });
  });

  it('does not look into relative folders of PATH', async () => {
    const { env, bin } = machine({ kustomize: 'echo v5.8.0' });
    const relativePath = { ...env, PATH: `.:${relative(process.cwd(), bin)}:` };

    await expect(findKustomize(relativePath, silent, NOWHERE)).rejects.toThrow('no kustomize 5.4 or later was found');
  });

  it('names every tool that is too old when nothing can be installed', async () => {
    const { env, bin, cache } = machine({ kustomize: 'echo v4.5.7', kubectl: kubectl('v1.20.4') });
    const found = findKustomize(env, silent, NOWHERE);

    await expect(found).rejects.toMatchObject({
      message: 'no kustomize 5.4 or later was found, and none could be installed',
      details: {
        why: [
          `${bin}/kustomize: kustomize is 4.5.7, 5.4 is needed`,
          `${bin}/kubectl: kubectl 1.20.4 is too old to say which kustomize it brings`,
          `no archive for ${platformName()} has a checksum in this repository`,
        ].join('\n'),
        fix: expect.stringContaining('KUSTOMIZE'),
      },
    });
    expect(existsSync(cache)).toBe(false);
  });

  it('takes what was installed before, from the cache folder that the environment names', async () => {
    const { env, bin, cache } = machine({});
    const folder = `kustomize-5.8.1-${platformName().replace('_', '-')}`;
    for (const base of [cache, join(bin, 'elsewhere', 'ai-spm-mesh')]) {
      mkdirSync(join(base, folder), { recursive: true });
      writeFileSync(join(base, folder, 'kustomize'), '', { mode: 0o755 });
    }
    const inHome = { command: join(cache, folder, 'kustomize'), args: ['build'], version: '5.8.1', origin: 'cache' };

    expect(await findKustomize(env, silent, NOWHERE)).toEqual(inHome);
    expect(await findKustomize({ ...env, XDG_CACHE_HOME: 'relative' }, silent, NOWHERE)).toEqual(inHome);
    expect(await findKustomize({ ...env, XDG_CACHE_HOME: join(bin, 'elsewhere') }, silent, NOWHERE)).toMatchObject({
      command: join(bin, 'elsewhere', 'ai-spm-mesh', folder, 'kustomize'),
    });
  });

  it('gives the path that was found, not what it links to, since a shim acts by its name', async () => {
    const { env, bin } = machine({ 'version-manager': 'case $0 in */kustomize) echo v5.6.0 ;; esac' });
    symlinkSync('version-manager', join(bin, 'kustomize'));

    expect(await findKustomize(env, silent, NOWHERE)).toMatchObject({
      command: join(bin, 'kustomize'),
      version: '5.6.0',
    });
  });
});
