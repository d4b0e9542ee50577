import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, runCli } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';

describe('validate --manifests', () => {
  const SERVICE =
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  prots: [{port: 80}]\n';

  it('reads stdin, files and folders', () => {
    const folder = temporaryTree({ 'a/service.yaml': SERVICE, 'a/notes.txt': 'nothing' });
    for (const [path, input] of [['-', SERVICE], [join(folder, 'a/service.yaml')], [folder]] as [string, string?][]) {
      const { code, stdout } = runCli(
        ROOT,
        ['validate', '--manifests', path, '-o', 'json'],
        input === undefined ? {} : { input },
      );
      const { findings } = JSON.parse(stdout);
      expect([code, findings[0].code, findings[0].source.line]).toEqual([1, 'K8S002', 6]);
    }
  });

  it('treats a dangling reference as a finding only with --complete', () => {
    const text = SERVICE.replace('prots', 'ports');
    expect(runCli(ROOT, ['validate', '-m', '-', '--quiet'], { input: text })).toMatchObject({ code: 0, stdout: '' });
    expect(runCli(ROOT, ['validate', '-m', '-', '--complete'], { input: text })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('K8S012'),
    });
  });

  it('takes paths as seen from where npm was started', () => {
    const folder = temporaryTree({ 'a/service.yaml': SERVICE });
    const env = { npm_lifecycle_event: 'validate', INIT_CWD: join(folder, 'a') };
    const args = ['validate', '-m', 'service.yaml', '--output-file', '../out.json', '-o', 'json'];

    expect(runCli(ROOT, args, { env })).toMatchObject({ code: 1, stdout: '' });
    const { findings } = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'));
    expect(findings[0].source.file).toBe('service.yaml');
  });

  it('does not take nothing for clean', () => {
    const folder = temporaryTree({ 'empty.yaml': '', 'pipes/readme.txt': '' });
    spawnSync('mkfifo', [join(folder, 'pipes/a.yaml')]);
    const stderrOf = (path: string) => {
      const { code, stdout, stderr } = runCli(ROOT, ['validate', '-m', path, '--complete'], { input: '' });
      expect([code, stdout]).toEqual([2, '']);
      return stderr;
    };
    expect(stderrOf('-')).toMatch(
      /no Kubernetes object in standard input[\s\S]*was the command before the pipe successful/,
    );
    expect(stderrOf(join(folder, 'empty.yaml'))).toContain('no Kubernetes object in');
    expect(stderrOf(join(folder, 'pipes'))).toContain('holds no YAML or JSON file');
  });

  it('comes to an end with input that has none', () => {
    expect(runCli(ROOT, ['validate', '-m', '/dev/zero'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/dev/zero is no file, folder or pipe'),
    });
    const endless = spawnSync(
      'sh',
      ['-c', 'exec node -r ./scripts/load-typescript.js scripts/cli.ts validate -m - -o json < /dev/zero'],
      {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: 180_000,
      },
    );
    expect([endless.status, JSON.parse(endless.stdout).findings[0].code]).toEqual([1, 'SRC003']);
  });

  it('reads a pipe that has a name', () => {
    const pipe = join(temporaryTree({}), 'pipe');
    spawnSync('mkfifo', [pipe]);
    const read = spawnSync(
      'sh',
      [
        '-c',
        `printf %s "$0" > "${pipe}" & exec node -r ./scripts/load-typescript.js scripts/cli.ts validate -m "${pipe}"`,
        SERVICE,
      ],
      {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: 180_000,
      },
    );
    expect(read).toMatchObject({ status: 1, stdout: expect.stringContaining('K8S002') });
  });

  it('says which file cannot be read or written, without a stack', () => {
    const folder = temporaryTree({ 'service.yaml': SERVICE });
    symlinkSync('loop.yaml', join(folder, 'loop.yaml'));
    const service = join(folder, 'service.yaml');
    for (const [args, message] of [
      [['-m', join(folder, 'loop.yaml')], 'loop.yaml cannot be read: its symbolic links lead in a circle'],
      [
        ['-m', service, '--output-file', join(folder, 'no/x.json')],
        'no/x.json cannot be written: its folder does not exist',
      ],
      [['-m', service, '--output-file', folder], `${folder} cannot be written: it is a folder`],
    ] as [string[], string][]) {
      const { code, stderr } = runCli(ROOT, ['validate', ...args]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
      expect(stderr).not.toMatch(/\n +at |\.[0-9a-f]{8}-/);
    }
  });

  it('says what is wrong with what it was given', () => {
    expect(runCli(ROOT, ['validate', '-m', '/no/such/file'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('/no/such/file does not exist'),
    });
    expect(runCli(ROOT, ['validate', '--complete'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--manifests'),
    });
  });
});
