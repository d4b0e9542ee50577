import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitRepository } from '../testing/git-repository.ts';
import { copyOfRepository, edit, runCli } from '../testing/repository-copy.ts';

function committed() {
  const root = copyOfRepository();
  return gitRepository({ '.gitignore': 'node_modules\n' }, root);
}
const remove = (root: string, ...args: string[]) => runCli(root, ['cluster', 'remove', ...args]);

it('takes a cluster out of git and names the second step', () => {
  const { root, git } = committed();

  expect(remove(root, 'dev-eu', '--confirm', 'dev-eu')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('npm run cluster -- teardown dev-eu --context'),
  });
  expect(['clusters/dev-eu', 'argocd/clusters/dev-eu.yaml'].filter((path) => existsSync(join(root, path)))).toEqual([]);
  expect(runCli(root, ['generate', '--check']).code).toBe(0);
  expect(runCli(root, ['validate', '--quiet'])).toMatchObject({ code: 0 });
  git('checkout', '.');
  expect(existsSync(join(root, 'clusters/dev-eu/cluster.yaml'))).toBe(true);
});

it('takes away what others hold of it: remote secrets, and its registration with Argo CD', () => {
  const { root, git } = committed();
  const remote = 'clusters/prod-us/platform/istio-remote-secret-dev-eu.yaml';
  const registration = 'argocd/registrations/dev-eu.yaml';
  const list = 'argocd/registrations/kustomization.yaml';
  mkdirSync(join(root, 'argocd/registrations'));
  const text = (name: string) =>
    `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: ${name} }\nspec: {}\n`;
  for (const path of [remote, registration]) writeFileSync(join(root, path), text('x'));
  writeFileSync(join(root, list), 'resources: [dev-eu.yaml, prod-us.yaml]\n');
  runCli(root, ['generate']);
  git('add', '.');
  git('commit', '--quiet', '--message', 'x');

  expect(remove(root, 'dev-eu', '--confirm', 'dev-eu').stdout).toContain(`- ${remote}\n- ${registration}\n`);
  expect([remote, registration].filter((path) => existsSync(join(root, path)))).toEqual([]);
  expect(readFileSync(join(root, list), 'utf8')).toBe('resources: [ prod-us.yaml ]\n');
  expect(readFileSync(join(root, 'clusters/prod-us/platform/kustomization.yaml'), 'utf8')).not.toContain(
    'remote-secret',
  );
});

it('writes nothing while the record of another cluster is wrong, or a file was edited by hand', () => {
  const { root, git } = committed();
  const cases: [string, string, string, string][] = [
    ['clusters/prod-ap/cluster.yaml', 'region:', 'regoin:', 'clusters/prod-ap/cluster.yaml:5:1'],
    ['argocd/rings.yaml', 'revision: main', 'revison: main', 'argocd/rings.yaml'],
    ['clusters/prod-us/cluster-info.yaml', 'region: us', 'region: eu', 'edited by hand: clusters/prod-us/cluster-info'],
  ];
  for (const [file, find, put, message] of cases) {
    edit(root, file, find, put);
    expect(remove(root, 'dev-eu', '--confirm', 'dev-eu')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
    expect(git('status', '--porcelain')).toBe(`M ${file}`);
    git('checkout', '.');
  }
});

it('asks git about each file that it would remove, wherever that is', () => {
  const { root } = committed();
  const remote = 'clusters/prod-us/platform/istio-remote-secret-dev-eu.yaml';
  writeFileSync(join(root, remote), 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: x }\n');
  expect(remove(root, 'dev-eu', '--confirm', 'dev-eu')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`?? ${remote}`),
  });
  expect([remote, 'clusters/dev-eu/cluster.yaml'].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it('refuses without the name, and what could not be brought back', () => {
  const { root } = committed();
  const refusals: [string[], string][] = [
    [['dev-eu'], '--confirm'],
    [['dev-eu', '--confirm', 'dev'], '`dev` is not the name of the cluster'],
    [['mars', '--confirm', 'mars'], 'no valid record of a cluster `mars`'],
    [['prod-us', '--confirm', 'prod-us'], 'names prod-us as its failover'],
  ];
  for (const [args, message] of refusals) {
    expect(remove(root, ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  }
  writeFileSync(join(root, 'clusters/dev-eu/notes.txt'), 'x');
  expect(remove(root, 'dev-eu', '--confirm', 'dev-eu')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/holds what git does not have[\s\S]*clusters\/dev-eu\/notes.txt/),
  });
  expect(existsSync(join(root, 'clusters/dev-eu/cluster.yaml'))).toBe(true);
});
