import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProcess } from '../system/run-process.ts';
import { asOrdinaryUser } from '../testing/ordinary-user.ts';
import { copyOfRepository, edit, ROOT, runCli } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { writeReport } from './check.ts';

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

  it('writes no value of a Secret to the report', () => {
    const root = copyOfRepository();
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: leak\nstringData:\n  key: hunter2-horse\n---\n';
    edit(root, 'base/mesh/peer-authentication.yaml', 'apiVersion:', `${secret}apiVersion:`);

    expect(runCli(root, ['check']).code).toBe(1);

    const rendered = readFileSync(join(root, 'report/rendered/overlays/prod.yaml'), 'utf8');
    expect(rendered).toContain('  key: *************\n');
    for (const file of readdirSync(join(root, 'report'), { recursive: true, withFileTypes: true }))
      if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain('hunter2-horse');
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

  it('ends well when it runs twice at once', async () => {
    const root = copyOfRepository();
    const run = () =>
      runProcess(process.execPath, ['-r', './scripts/load-typescript.js', 'scripts/cli.ts', 'check'], { cwd: root });

    for (const { code, stderr } of await Promise.all([run(), run()]))
      expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(readdirSync(join(root, 'report')).sort()).toEqual(
      expect.arrayContaining(['findings.json', 'findings.sarif', 'index.html', 'rendered']),
    );
    expect(readdirSync(root).filter((name) => name.startsWith('.report'))).toEqual([]);
  });

  it('points to validate where the report cannot be written, and leaves the old one', () => {
    const root = temporaryTree({ 'report/index.html': 'old' });
    chmodSync(root, 0o755);
    const write = () => asOrdinaryUser(() => writeReport(join(root, 'report'), { 'index.html': 'new' }));
    if (process.geteuid?.() !== 0) chmodSync(join(root, 'report'), 0o555);

    expect(write).toThrow(
      expect.objectContaining({
        message: `${join(root, 'report')} cannot be written: permission denied`,
        details: expect.objectContaining({ fix: expect.stringContaining('npm run validate') }),
      }),
    );
    expect(readFileSync(join(root, 'report/index.html'), 'utf8')).toBe('old');
    expect(readdirSync(root)).toEqual(['report']);
  });

  it('gives each reason once, one below the other, where there is no kustomize', () => {
    const home = temporaryTree({
      'offline.cjs': "require('node:dns').lookup = (...args) => args.at(-1)(new Error('no network here'));",
    });
    const env = { PATH: home, HOME: home, XDG_CACHE_HOME: '', KUSTOMIZE: '', NODE_OPTIONS: `-r ${home}/offline.cjs` };
    const { code, stderr } = runCli(ROOT, ['validate'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain('  why: no kustomize is on PATH\n       no kubectl is on PATH\n       ');
    expect(stderr.match(/no kubectl is on PATH/g)).toHaveLength(1);
    expect(stderr.match(/no network here/g)).toHaveLength(1);
  });

  it('exits 2 when kustomize cannot be used', () => {
    const { code, stdout, stderr } = runCli(ROOT, ['validate'], { env: { KUSTOMIZE: '/no/such/kustomize' } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('error: ');
    expect(stderr).toContain('fix: ');
  });
});
