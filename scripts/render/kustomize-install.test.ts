import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProcess } from '../system/run-process.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { installFromArchive } from './kustomize-install.ts';
import { type KustomizeRelease, PINNED_KUSTOMIZE, platformName } from './kustomize-release.ts';
import { findKustomize } from './kustomize-tool.ts';

const SCRIPT = '#!/bin/sh\necho v5.8.1\n';

/** An archive as upstream makes them, with one small script in it. */
async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = temporaryTree(files);
  await runProcess('tar', ['-czf', 'archive.tar.gz', ...Object.keys(files)], { cwd: folder });
  return readFileSync(join(folder, 'archive.tar.gz'));
}

/** Serves releases from this machine, the archive with its right checksum. */
async function publish(
  archive: Buffer,
  answer = (response: ServerResponse) => void response.end(archive),
): Promise<{ release: KustomizeRelease; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const checksums = { [platformName()]: createHash('sha256').update(archive).digest('hex') };
  const archives = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kustomize%2Fv5.8.1`;
  return { release: { ...PINNED_KUSTOMIZE, archives, checksums }, asked };
}

/** An empty home and an empty PATH: nothing is found, Go neither. */
function emptyMachine() {
  const home = temporaryTree({});
  const log: string[] = [];
  return { home, log, env: { HOME: home, PATH: home }, say: (line: string) => void log.push(line) };
}

function filesBelow(folder: string): string[] {
  return existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : [];
}

describe('installing the archive of a release', () => {
  it('installs once, says so, and is silent from then on', async () => {
    const { release, asked } = await publish(await archiveOf({ kustomize: SCRIPT }));
    const { home, log, env, say } = emptyMachine();
    const tool = await findKustomize(env, say, release);

    expect(tool).toMatchObject({ args: ['build'], version: '5.8.1', origin: 'cache' });
    expect(tool.command.startsWith(join(home, '.cache', 'ai-spm-mesh', 'kustomize-5.8.1-'))).toBe(true);
    expect(statSync(tool.command).mode & 0o777).toBe(0o755);
    expect(await runProcess(tool.command, [])).toMatchObject({ code: 0, stdout: 'v5.8.1\n' });
    expect(log.join('\n')).toContain(
      `installing kustomize 5.8.1 once with the archive of the release: ${tool.command}`,
    );
    expect(log).toContain('no kubectl is on PATH');

    const said = log.length;
    expect(await findKustomize(env, say, release)).toEqual(tool);
    expect(asked).toEqual([`/kustomize%2Fv5.8.1/kustomize_v5.8.1_${platformName()}.tar.gz`]);
    expect(log).toHaveLength(said);
  });

  it('refuses an archive with another checksum and leaves nothing behind', async () => {
    const { release } = await publish(await archiveOf({ kustomize: SCRIPT }));
    const { home, env, say } = emptyMachine();
    const changed = { ...release, checksums: { [platformName()]: '0'.repeat(64) } };

    await expect(findKustomize(env, say, changed)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/is not the one that was published: SHA-256 [0-9a-f]{64} instead of 0{64}$/),
    });
    expect(filesBelow(home)).toEqual([]);
  });

  it.each([
    ['breaks off', (response: ServerResponse) => void response.write('half', () => response.destroy())],
    ['is missing', (response: ServerResponse) => void response.writeHead(404).end()],
    [
      'leads to plain http',
      (response: ServerResponse) => void response.writeHead(302, { location: 'http://example.com/' }).end(),
    ],
  ])('leaves nothing behind where the download %s, and works the next time', async (_, fault) => {
    const archive = await archiveOf({ kustomize: SCRIPT });
    const faults = [fault];
    const { release } = await publish(archive, (response) =>
      (faults.pop() ?? ((good) => void good.end(archive)))(response),
    );
    const { home, env, say } = emptyMachine();

    await expect(findKustomize(env, say, release)).rejects.toThrow('none could be installed');
    expect(filesBelow(home)).toEqual([]);
    expect(await findKustomize(env, say, release)).toMatchObject({ origin: 'cache' });
  });

  it('says what is wrong with an archive that does not hold the tool', async () => {
    const { release } = await publish(await archiveOf({ 'README.md': 'nothing' }));
    const { home, env, say } = emptyMachine();

    await expect(findKustomize(env, say, release)).rejects.toMatchObject({
      details: { why: expect.stringMatching(/tar cannot unpack http:.*kustomize/s) },
    });
    expect(filesBelow(home)).toEqual([]);
  });

  it('says what to do on a platform without an archive', async () => {
    const path = join(temporaryTree({}), 'kustomize');

    await expect(installFromArchive(PINNED_KUSTOMIZE, path, 'sunos_x64')).rejects.toThrow(
      'no archive for sunos_x64 has a checksum in this repository',
    );
  });

  it('says what to do where the cache folder cannot be written', async () => {
    const { release } = await publish(await archiveOf({ kustomize: SCRIPT }));
    const { env, say } = emptyMachine();
    const file = join(temporaryTree({ file: '' }), 'file');

    await expect(findKustomize({ ...env, XDG_CACHE_HOME: file }, say, release)).rejects.toMatchObject({
      name: 'UserError',
      details: { fix: expect.stringContaining('XDG_CACHE_HOME') },
    });
  });

  it('ends well for processes that install at the same time', async () => {
    const archive = await archiveOf({ kustomize: SCRIPT });
    const waiting: ServerResponse[] = [];
    // Nobody is served before all of them have found that there is nothing yet.
    const { release } = await publish(archive, (response) => {
      if (waiting.push(response) === 3) for (const each of waiting) each.end(archive);
    });
    const { home, env } = emptyMachine();
    const code = `require('./scripts/render/kustomize-tool.ts')
      .findKustomize(${JSON.stringify(env)}, () => {}, ${JSON.stringify(release)})
      .then(({ command }) => process.stdout.write(require('node:child_process').execFileSync(command)));`;
    const cwd = resolve(__dirname, '../..');
    const runs = [1, 2, 3].map(() =>
      runProcess(process.execPath, ['-r', './scripts/load-typescript.js', '-e', code], { cwd }),
    );

    for (const run of await Promise.all(runs)) expect(run).toEqual({ code: 0, stdout: 'v5.8.1\n', stderr: '' });
    expect(waiting).toHaveLength(3);
    expect(filesBelow(join(home, '.cache', 'ai-spm-mesh'))).toHaveLength(2);
  });
});
