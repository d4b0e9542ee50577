import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyOfRepository, edit, ROOT, runCli } from './testing/repository-copy.ts';
import { temporaryTree } from './testing/temp-repository.ts';

const COMMANDS = ['check', 'validate', 'generate', 'render', 'explain', 'docs', 'cluster', 'images', 'schemas'];

describe('every command', () => {
  it.each(COMMANDS)('%s has help that names the exit codes', (command) => {
    const { code, stdout } = runCli(ROOT, [command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: ai-spm-mesh ${command}`);
    expect(stdout).toContain('Exit codes: 0 clean, 1 findings or a difference, 2');
  });

  it.each(COMMANDS)('%s refuses an unknown option with exit code 2', (command) => {
    const { code, stdout, stderr } = runCli(ROOT, [command, '--no-such-option']);
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

describe('check', () => {
  it('exits 0 on this repository and writes the report', () => {
    const root = copyOfRepository();

    const { code, stdout } = runCli(root, ['check']);

    expect(stdout).toMatch(/^\d+ targets, \d+ objects: 0 errors, \d+ warnings? in [\d.]+ s\n$/m);
    expect(code).toBe(0);
    const findings = JSON.parse(readFileSync(join(root, 'report/findings.json'), 'utf8'));
    expect(findings.summary).toMatchObject({ errors: 0 });
    expect(JSON.parse(readFileSync(join(root, 'report/findings.sarif'), 'utf8')).version).toBe('2.1.0');
    expect(readFileSync(join(root, 'report/index.html'), 'utf8')).toContain('<!doctype html>');
    expect(readFileSync(join(root, 'report/rendered/overlays/prod.yaml'), 'utf8')).toContain('kind: Namespace');
  });

  it('exits 1 on a finding, with the contract on stdout and nothing else there', () => {
    const root = copyOfRepository();
    edit(root, 'base/mesh/peer-authentication.yaml', 'mode: STRICT', 'mode: STRCT');

    const { code, stdout } = runCli(root, ['check', '--output', 'json']);

    expect(code).toBe(1);
    const { findings, summary } = JSON.parse(stdout);
    expect(summary.errors).toBe(1);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      code: 'K8S004',
      severity: 'error',
      target: 'overlays/dev',
      also: expect.arrayContaining(['overlays/prod', 'clusters/prod-eu']),
      resource: {
        apiVersion: 'security.istio.io/v1',
        kind: 'PeerAuthentication',
        namespace: 'ai-spm',
        name: 'default',
      },
      path: '/spec/mtls/mode',
      source: { file: 'base/mesh/peer-authentication.yaml', line: expect.any(Number), column: 11 },
      docs: 'docs/rules/K8S004.md',
    });
  });

  it('finds in shards together what one run finds', () => {
    const root = copyOfRepository();
    edit(root, 'base/mesh/peer-authentication.yaml', 'mode: STRICT', 'mode: STRCT');
    const codes = (shard: string) => {
      const { findings } = JSON.parse(runCli(root, ['validate', '--shard', shard, '-o', 'json']).stdout);
      return findings.flatMap((finding: { target: string; also: string[] }) => [finding.target, ...finding.also]);
    };
    const whole = codes('1/1');
    expect([...codes('1/2'), ...codes('2/2')].sort()).toEqual(whole.sort());
    expect(runCli(root, ['validate', '--shard', '3/2']).code).toBe(2);
  });

  it('exits 2 when kustomize cannot be used', () => {
    const { code, stdout, stderr } = runCli(ROOT, ['validate'], { env: { KUSTOMIZE: '/no/such/kustomize' } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('error: ');
    expect(stderr).toContain('fix: ');
  });
});

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
      '- argocd/clusters/dev-eu.yaml\n- clusters/dev-eu/cluster-info.yaml\n- clusters/dev-eu/kustomization.yaml\n',
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
      '+ clusters/prod-north/cluster.yaml\n+ clusters/prod-north/cluster-info.yaml\n+ clusters/prod-north/kustomization.yaml\n+ argocd/clusters/prod-north.yaml\n',
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
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 targets')]);
    expect(runCli(ROOT, ['render', './overlays/prod', 'clusters/prod-eu', '--out', out]).code).toBe(0);
    expect(readFileSync(join(out, 'overlays/prod.yaml'), 'utf8')).toBe(stdout);
    expect(readFileSync(join(out, 'clusters/prod-eu.yaml'), 'utf8')).toContain('ai-spm.eu.example.com');
  });

  it('refuses a target that does not exist', () => {
    expect(runCli(ROOT, ['render', 'overlays/none'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no such target: overlays/none'),
    });
  });
});

describe('explain', () => {
  it('prints the page of a code, by code or slug, in any case', () => {
    const page = readFileSync(join(ROOT, 'docs/rules/SRC013.md'), 'utf8');
    expect(runCli(ROOT, ['explain', 'src013']).stdout).toBe(page);
    expect(runCli(ROOT, ['validate', '--explain', 'patch-without-effect']).stdout).toBe(page);
    expect(runCli(ROOT, ['explain', 'SRC999']).code).toBe(2);
  });
});
