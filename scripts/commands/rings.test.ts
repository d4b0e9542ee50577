import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitRepository, type TestRepository } from '../testing/git-repository.ts';
import { type CliResult, copyOfRepository, edit, runCli } from '../testing/repository-copy.ts';

const RINGS = 'argocd/rings.yaml';

/** This repository with three commits on main; the rings follow main. */
function fleet(): TestRepository & { commits: [string, string, string]; run(...args: string[]): CliResult } {
  const root = copyOfRepository();
  const repository = gitRepository({ '.gitignore': 'node_modules\n' }, root);
  const next = () => repository.commit({ 'notes.txt': String(Math.random()) });
  const commits: [string, string, string] = [repository.git('rev-parse', 'HEAD'), next(), next()];
  return { ...repository, commits, run: (...args) => runCli(root, args) };
}

describe('promote', () => {
  it('moves a ring and its rows, and keeps every other byte of the file', () => {
    const { root, run, commits, git } = fleet();
    const before = readFileSync(join(root, RINGS), 'utf8');
    const { code, stdout, stderr } = run('promote', 'dev', commits[2].slice(0, 10));
    expect([code, stdout]).toEqual([0, `~ ${RINGS}\n~ argocd/clusters/dev-eu.yaml\n`]);
    expect(stderr).toContain(`ring dev: main → ${commits[2].slice(0, 12)}, 1 cluster (dev-eu)`);
    const quoted = /revision: (["']?)[0-9a-f]{40}\1\n/;
    expect(readFileSync(join(root, RINGS), 'utf8').replace(quoted, 'revision: main\n')).toBe(before);
    expect(readFileSync(join(root, 'argocd/clusters/dev-eu.yaml'), 'utf8')).toContain(commits[2]);
    expect(run('generate', '--check').code).toBe(0);
    expect(git('status', '--porcelain').split('\n')).toHaveLength(2);
  });

  it('keeps the row of a held cluster as its record was, until the ring moves', () => {
    const { root, run, commits, commit } = fleet();
    const row = () => readFileSync(join(root, 'argocd/clusters/prod-us.yaml'), 'utf8');
    expect(run('promote', 'rest', commits[2]).code).toBe(0);
    const held = row();
    edit(root, 'clusters/prod-us/cluster.yaml', 'network: network-us', 'network: network-new');
    expect(run('generate').code).toBe(0);
    expect([run('generate', '--check').code, row()]).toEqual([0, held]);
    const next = commit();
    expect(run('promote', 'rest', next).code).toBe(0);
    expect(row()).toContain('\nnetwork: network-new #');
    expect(run('generate', '--check').code).toBe(0);
  });

  it('refuses what a ring before has not run, and names the one legal step', () => {
    const { run, commits } = fleet();
    for (const ring of ['dev', 'first', 'rest']) expect(run('promote', ring, commits[0]).code).toBe(0);
    const refused = run('promote', 'rest', commits[1]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('ring rest comes after ring dev, which does not run');
    expect(refused.stderr).toContain(`fix: npm run promote -- dev ${commits[1].slice(0, 12)}\n`);
    expect(run('promote', 'dev', commits[2]).code).toBe(0);
    expect(run('promote', 'rest', commits[1]).stderr).toContain(
      `fix: npm run promote -- first ${commits[1].slice(0, 12)}\n`,
    );
    // A ring that is held cannot let the next one follow the branch, though it runs the same today.
    expect(run('promote', 'first', 'main').stderr).toContain('fix: npm run promote -- dev main\n');
    expect(run('promote', 'first', commits[2]).code).toBe(0);
    expect(run('promote', 'rest', commits[1]).code).toBe(0);
    const states = JSON.parse(run('status', '--output', 'json').stdout).rings;
    expect(states.map(({ behind }: { behind: number }) => behind)).toEqual([0, 0, 1]);
  });

  it('goes back whatever the others run, and says so', () => {
    const { run, commits } = fleet();
    const { code, stderr } = run('promote', 'dev', commits[0]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('goes back to an older commit; ring first, rest still runs newer commits'),
    ]);
    expect(run('promote', 'dev', commits[0]).stderr).toContain('already');
    expect(run('promote', 'dev', 'main').code).toBe(0);
  });

  it('writes nothing with --dry-run', () => {
    const { run, commits, git } = fleet();
    const { code, stdout } = run('promote', 'rest', commits[1], '--dry-run');
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [`~ ${RINGS}`, '~ argocd/clusters/prod-ap.yaml', '~ argocd/clusters/prod-us.yaml', ''],
    ]);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('refuses an unknown ring or commit, and a commit that was not merged', () => {
    const { run, git, commit } = fleet();
    expect(run('promote', 'frst', 'main')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean `first`?'),
    });
    expect(run('promote', 'dev', 'abcdef1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('git does not know'),
    });
    git('checkout', '--quiet', '-b', 'feature');
    const unmerged = commit({ 'notes.txt': 'not reviewed' });
    expect(run('promote', 'dev', unmerged)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not on `main`'),
    });
  });
});

describe('status', () => {
  it('shows what each ring follows, its commit and its clusters', () => {
    const { run, commits } = fleet();
    expect(run('promote', 'rest', commits[0]).code).toBe(0);
    const tip = commits[2].slice(0, 12);
    const old = commits[0].slice(0, 12);
    expect(run('status').stdout).toBe(
      [
        'RING   FOLLOWS       COMMIT        BEHIND  CLUSTERS',
        `dev    main          ${tip}  0       dev-eu`,
        `first  main          ${tip}  0       prod-eu`,
        `rest   ${old}  ${old}  2       prod-ap, prod-us`,
        '',
      ].join('\n'),
    );
  });
});
