import { copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { isAtLeast, rememberVersion } from './kustomize-version.ts';

/** Any executable that is not a script stands for the tool: it is not run. */
function setUp() {
  const folder = temporaryTree({});
  const command = join(folder, 'kustomize');
  writeFileSync(command, '\x7fELF and so on', { mode: 0o755 });
  const asked: string[] = [];
  const remember = (path = command, kept = join(folder, 'cache')) =>
    rememberVersion(path, kept, async () => {
      asked.push(path);
      return { kustomize: `5.8.${asked.length}` };
    });
  return { folder, command, asked, remember };
}

describe('rememberVersion', () => {
  it('asks once', async () => {
    const { asked, remember } = setUp();

    expect([await remember(), await remember(), await remember()]).toEqual(Array(3).fill({ kustomize: '5.8.1' }));
    expect(asked).toHaveLength(1);
  });

  it('asks again after the file changed in size or time', async () => {
    const { command, remember } = setUp();
    utimesSync(command, 1, 1);
    await remember();
    writeFileSync(command, '\x7fELF and so forth');
    utimesSync(command, 1, 1);
    expect(await remember()).toEqual({ kustomize: '5.8.2' });
    utimesSync(command, 2, 2);
    expect(await remember()).toEqual({ kustomize: '5.8.3' });
  });

  it('knows a file by its real path, and asks again when a link is moved on', async () => {
    const { folder, command, remember } = setUp();
    mkdirSync(join(folder, 'bin'));
    const link = join(folder, 'bin', 'kustomize');
    symlinkSync(command, link);
    await remember();
    expect(await remember(link)).toEqual({ kustomize: '5.8.1' });

    copyFileSync(command, join(folder, 'kustomize-next'));
    const moved = join(folder, 'bin', 'moved', 'kustomize');
    mkdirSync(join(folder, 'bin', 'moved'));
    symlinkSync(join(folder, 'kustomize-next'), moved);
    expect(await remember(moved)).toEqual({ kustomize: '5.8.2' });
  });

  it('asks a script and the shim of a version manager every time', async () => {
    const { folder, remember } = setUp();
    mkdirSync(join(folder, 'shims'));
    writeFileSync(join(folder, 'manager'), '\x7fELF');
    symlinkSync(join(folder, 'manager'), join(folder, 'shims', 'kustomize'));
    writeFileSync(join(folder, 'shims', 'kubectl'), '#!/bin/sh\n');
    for (const name of ['kustomize', 'kubectl']) {
      const shim = join(folder, 'shims', name);
      expect(await remember(shim)).not.toEqual(await remember(shim));
    }
  });

  it('keeps nothing of a tool that gives no version', async () => {
    const { folder, command } = setUp();
    const failing = () => rememberVersion(command, join(folder, 'cache'), () => Promise.reject(new Error('no')));

    await expect(failing()).rejects.toThrow('no');
    expect(existsSync(join(folder, 'cache'))).toBe(false);
  });

  it('goes on without a place to keep it, and after what it kept was damaged', async () => {
    const { folder, command, remember } = setUp();
    expect(await remember(command, join(command, 'not-a-folder'))).toEqual({ kustomize: '5.8.1' });

    await remember();
    const [file = ''] = readdirSync(join(folder, 'cache', 'versions'));
    writeFileSync(join(folder, 'cache', 'versions', file), '{"kustomize": ');
    expect(await remember()).toEqual({ kustomize: '5.8.3' });
  });
});

describe('isAtLeast', () => {
  it.each([
    ['5.4.0', '5.4', true],
    ['5.10.1', '5.4', true],
    ['6.0.0', '5.4', true],
    ['5.3.9', '5.4', false],
    ['4.99.0', '5.4', false],
    ['5.4.1', '5.4.2', false],
  ])('%s against %s: %s', (version, minimum, expected) => expect(isAtLeast(version, minimum)).toBe(expected));
});
