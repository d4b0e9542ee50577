import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitRepository } from '../testing/git-repository.ts';
import { copyOfRepository, runCli } from '../testing/repository-copy.ts';

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
}, 60_000);

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
    stderr: expect.stringContaining('clusters/dev-eu holds what git does not have'),
  });
  expect(existsSync(join(root, 'clusters/dev-eu/cluster.yaml'))).toBe(true);
}, 60_000);
