import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitRepository } from '../testing/git-repository.ts';
import { ROOT, runCli } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{ name: one, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: one, user: { token: secret-token } }]
contexts: [{ name: one, context: { cluster: one, user: one } }]
`;
const file = () => join(temporaryTree({ kubeconfig: KUBECONFIG }), 'kubeconfig');

describe('verify', () => {
  it('needs a context, and one that exists', () => {
    expect(runCli(ROOT, ['verify'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--context') });
    expect(runCli(ROOT, ['verify', '--context', 'two', '--kubeconfig', file()])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no context `two`[\s\S]*take one of: one/),
    });
  });

  it('says when the kubeconfig is missing or no kubeconfig', () => {
    const broken = 'users: [{ name: one, user: { token: secret-token } }]\nclusters: [ a: [\n';
    const folder = temporaryTree({ broken, empty: '', incomplete: KUBECONFIG.replace('cluster: one', 'cluster: two') });
    for (const [path, what] of [
      [join(folder, 'none'), 'cannot be read: it does not exist'],
      [join(folder, 'broken'), 'is not a kubeconfig'],
      [join(folder, 'empty'), 'is not a kubeconfig'],
      [join(folder, 'incomplete'), 'names the cluster `two`'],
    ] as const) {
      const { code, stderr } = runCli(ROOT, ['verify', '--context', 'one', '--kubeconfig', path]);
      expect([code, stderr.includes(what), stderr.includes('    at ')], stderr).toEqual([2, true, false]);
      expect(stderr).not.toContain('secret-token');
    }
  });

  it('says when the cluster does not answer, without the token', () => {
    const { code, stdout, stderr } = runCli(ROOT, ['verify', '--context', 'one', '--kubeconfig', file()]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/the cluster of context `one` does not answer[\s\S]*ECONNREFUSED/);
    expect(stdout + stderr).not.toMatch(/secret-token|\n {4}at /);
  });
});

describe('rotate status', () => {
  it('says when a cluster whose keys are asked for does not answer, without the token', () => {
    const { code, stderr } = runCli(ROOT, ['rotate', 'status', '--context', 'one', '--kubeconfig', file()]);
    expect([code, stderr.includes('secret-token')]).toEqual([2, false]);
    expect(stderr).toContain('the cluster of context `one` does not answer');
  });
});

describe('lab', () => {
  it.each(['0', '3', '1.5', 'two'])('refuses %s clusters', (count) => {
    expect(runCli(ROOT, ['lab', 'up', '--clusters', count])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('give a number from 1 to 2'),
    });
  });
});

describe('e2e', () => {
  it('lists the suites when one is not known', () => {
    expect(runCli(ROOT, ['e2e', '--only', 'nonsense'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no suite is called nonsense[\s\S]*access, merge, [^\n]*drift/),
    });
  });

  it('needs the checkout that belongs to a context', () => {
    expect(runCli(ROOT, ['e2e', '--context', 'one'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--context needs --checkout'),
    });
  });

  it.each(['--checkout', '--kubeconfig'])('does not pass over %s of a cluster that is not named', (option) => {
    expect(runCli(ROOT, ['e2e', option, 'some'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${option} without --context`),
    });
  });

  it('does no harm to clusters that the lab did not make', () => {
    const args = ['e2e', '--context', 'one', '--checkout', ROOT, '--only', 'access', 'from-empty'];
    expect(runCli(ROOT, args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('only the lab may run from-empty'),
    });
  });

  it('takes the checkout of the cluster for what is deployed, and only where it is at main', () => {
    const origin = temporaryTree({});
    const { root, git, commit } = gitRepository({ file: 'no access.yaml' });
    git('clone', '--quiet', '--bare', root, origin);
    git('remote', 'add', 'origin', origin);
    const run = (checkout: string) =>
      runCli(ROOT, ['e2e', '--context', 'one', '--kubeconfig', file(), '--checkout', checkout]);

    expect(run(root)).toMatchObject({ code: 2, stderr: expect.stringContaining('base/access.yaml cannot be read') });

    commit({ file: 'of a branch' });
    expect(run(root)).toMatchObject({ code: 2, stderr: expect.stringContaining('and main of its origin is at') });
    expect(run(join(root, 'none'))).toMatchObject({ code: 2, stderr: expect.stringContaining('is no folder') });
  });
});
