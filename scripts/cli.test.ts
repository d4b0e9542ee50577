import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyOfRepository, edit, ROOT, runCli } from './testing/repository-copy.ts';
import { temporaryTree } from './testing/temp-repository.ts';

const COMMANDS = [
  'check',
  'diff',
  'promote',
  'status',
  'validate',
  'generate',
  'render',
  'explain',
  'docs',
  'cluster',
  'images',
  'schemas',
];

describe('every command', () => {
  it.each(COMMANDS)('%s has help that names the exit codes', (command) => {
    const { code, stdout } = runCli(ROOT, [command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: ai-spm-mesh ${command}`);
    expect(stdout).toContain('Exit codes: 0 clean, 1 findings or a difference, 2');
  });

  it.each(COMMANDS)('%s refuses an unknown option with exit code 2', (command) => {
    // An option that must be given is missed before one that nobody knows.
    const required = command === 'diff' ? ['--base', 'main'] : [];
    const { code, stdout, stderr } = runCli(ROOT, [command, ...required, '--no-such-option']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("unknown option '--no-such-option'");
  });

  it('is listed by --help, and an unknown one is refused', () => {
    const help = runCli(ROOT, ['--help']);
    for (const command of COMMANDS) expect(help.stdout).toContain(`  ${command}`);
    expect(runCli(ROOT, ['no-such-command']).code).toBe(2);
    expect(runCli(ROOT, ['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('generate', () => {
  it('changes nothing the second time, and --check agrees', () => {
    const root = copyOfRepository();
    expect(runCli(root, ['generate'])).toMatchObject({ code: 0, stdout: '' });
    edit(root, 'clusters/prod-eu/cluster.yaml', 'eu-west-1', 'eu-west-3');
    expect(runCli(root, ['generate', '--check'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('~ clusters/prod-eu/cluster-info.yaml'),
    });
    expect(runCli(root, ['generate']).code).toBe(0);
    expect(runCli(root, ['generate', '--check'])).toMatchObject({ code: 0, stdout: '' });
  });

  it('removes what a deleted record leaves, the folder included', () => {
    const root = copyOfRepository();
    spawnSync('rm', [join(root, 'clusters/dev-eu/cluster.yaml')]);
    expect(runCli(root, ['generate']).stdout).toBe(
      [
        '- argocd/clusters/dev-eu.yaml',
        '- clusters/dev-eu/cluster-info.yaml',
        '- clusters/dev-eu/kustomization.yaml',
        '- clusters/dev-eu/platform/kustomization.yaml',
        '- clusters/dev-eu/platform/namespace-istio-ingress.yaml',
        '- clusters/dev-eu/platform/namespace-istio-system.yaml',
        '',
      ].join('\n'),
    );
    expect(() => readFileSync(join(root, 'clusters/dev-eu'))).toThrow(/ENOENT/);
  });

  it('refuses to overwrite a hand edit, and does with --force', () => {
    const root = copyOfRepository();
    edit(root, 'clusters/prod-eu/kustomization.yaml', 'gp3-encrypted', 'gp2');
    expect(runCli(root, ['generate'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('clusters/prod-eu/kustomization.yaml'),
    });
    expect(readFileSync(join(root, 'clusters/prod-eu/kustomization.yaml'), 'utf8')).toContain('gp2');
    expect(runCli(root, ['generate', '--force']).code).toBe(0);
    expect(readFileSync(join(root, 'clusters/prod-eu/kustomization.yaml'), 'utf8')).not.toContain('gp2');
  });

  it('names every mistake of every record and writes nothing', () => {
    const root = copyOfRepository();
    edit(root, 'clusters/prod-eu/cluster.yaml', 'region:', 'regoin:');
    edit(root, 'clusters/prod-us/cluster.yaml', 'min: 4', 'min: 40');
    edit(root, 'clusters/dev-eu/cluster.yaml', 'eu-west-1', 'eu-west-9');
    const { code, stderr } = runCli(root, ['generate']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/clusters\/prod-eu\/cluster\.yaml:5:1: .*regoin/);
    expect(stderr).toMatch(/clusters\/prod-us\/cluster\.yaml:\d+:\d+: .*min 40 above max/);
    expect(readFileSync(join(root, 'clusters/dev-eu/cluster-info.yaml'), 'utf8')).toContain('eu-west-1');
  });
});

describe('cluster', () => {
  const OPTIONS = [
    '--overlay',
    'prod',
    '--ring',
    'rest',
    '--region',
    'eu-north-1',
    '--network',
    'ai-spm-network',
    '--host',
    'ai-spm.north.example.com',
    '--storage-class',
    'ssd',
    '--shared-storage-class',
    'nfs',
  ];

  it('adds a cluster that passes the check at once', () => {
    const root = copyOfRepository();
    expect(runCli(root, ['cluster', 'add', 'prod-north', ...OPTIONS]).stdout).toBe(
      [
        '+ clusters/prod-north/cluster.yaml',
        '+ clusters/prod-north/cluster-info.yaml',
        '+ clusters/prod-north/kustomization.yaml',
        '+ clusters/prod-north/platform/namespace-istio-ingress.yaml',
        '+ clusters/prod-north/platform/namespace-istio-system.yaml',
        '+ clusters/prod-north/platform/kustomization.yaml',
        '+ argocd/clusters/prod-north.yaml',
        '',
      ].join('\n'),
    );
    expect(runCli(root, ['generate', '--check']).code).toBe(0);
    expect(runCli(root, ['validate', '--quiet', '--fail-on', 'warning'])).toMatchObject({ code: 0 });
    expect(runCli(root, ['cluster', 'list']).stdout).toContain('prod-north');
    expect(runCli(root, ['cluster', 'add', 'prod-north', ...OPTIONS])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('exists already'),
    });
  });

  it('writes nothing when the record would be wrong', () => {
    const root = copyOfRepository();
    for (const name of ['Prod_North', '../prod-north']) {
      expect(runCli(root, ['cluster', 'add', name, ...OPTIONS]).code).toBe(2);
    }
    const clash = OPTIONS.map((option) => (option === 'ai-spm.north.example.com' ? 'ai-spm.eu.example.com' : option));
    expect(runCli(root, ['cluster', 'add', 'prod-north', ...clash])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is also the host in'),
    });
    expect(() => readFileSync(join(root, 'clusters/prod-north/cluster.yaml'))).toThrow(/ENOENT/);
  });
});

describe('render', () => {
  it('prints what kustomize prints, or writes one file for each target', () => {
    const out = join(temporaryTree({}), 'out');
    mkdirSync(out);
    const { code, stdout, stderr } = runCli(ROOT, ['render', 'overlays/prod/']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 target, ')]);
    expect(runCli(ROOT, ['render', './overlays/prod', 'clusters/prod-eu', '--out', out]).code).toBe(0);
    expect(readFileSync(join(out, 'overlays/prod.yaml'), 'utf8')).toBe(stdout);
    expect(readFileSync(join(out, 'clusters/prod-eu.yaml'), 'utf8')).toContain('ai-spm.eu.example.com');
  });

  it('takes targets and folders as seen from where npm was started', () => {
    const out = temporaryTree({});
    const from = (folder: string) => ({ env: { npm_lifecycle_event: 'render', INIT_CWD: folder } });
    const prod = join(ROOT, 'overlays/prod');
    for (const [target, folder] of [
      ['.', prod],
      ['../../overlays/prod', join(ROOT, 'clusters/prod-eu')],
      [prod, out],
      ['overlays/prod', out],
    ] as const) {
      const { code, stderr } = runCli(ROOT, ['render', target, '--out', relative(folder, out)], from(folder));
      expect([code, stderr]).toEqual([0, expect.stringContaining('1 target, ')]);
      expect(readFileSync(join(out, 'overlays/prod.yaml'), 'utf8')).toContain('kind: Namespace');
      rmSync(join(out, 'overlays'), { recursive: true });
    }
  });

  it('refuses a target that does not exist', () => {
    expect(runCli(ROOT, ['render', 'overlays/none'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no such target: overlays/none'),
    });
  });
});

describe('images', () => {
  it('set refuses a tag that moves, and writes nothing', () => {
    const { code, stdout, stderr } = runCli(ROOT, ['images', 'set', 'ai-scanner', 'latest']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('`latest` is no exact version: ai-scanner has the tag `latest`');
  });
});

describe('explain', () => {
  it('prints the page of a code, by code or slug, in any case', () => {
    const page = readFileSync(join(ROOT, 'docs/rules/SRC013.md'), 'utf8');
    expect(runCli(ROOT, ['explain', 'src013']).stdout).toBe(page);
    expect(runCli(ROOT, ['validate', '--explain', 'patch-without-effect']).stdout).toBe(page);
    expect(runCli(ROOT, ['explain', 'SRC999'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/docs\/rules\/README\.md[^\n]*those of SRC are SRC001 to SRC\d{3}\n/),
    });
    expect(runCli(ROOT, ['explain', 'SCR013'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/did you mean `SRC013`[^\n]*\n[^\n]*README\.md lists all codes\n/),
    });
  });
});
