import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitRepository } from '../testing/git-repository.ts';
import { copyOfRepository, edit, runCli } from '../testing/repository-copy.ts';
import { addCluster, type NewCluster } from './cluster.ts';

const OPTIONS: NewCluster = {
  overlay: 'prod',
  ring: 'rest',
  region: 'eu-west-2',
  network: 'network-xx',
  host: 'ai-spm.xx.example.com',
  storageClass: 'block',
  sharedStorageClass: 'file',
};

function refusal(root: string, options: Partial<NewCluster>): string {
  try {
    addCluster(root, 'prod-xx', { ...OPTIONS, ...options });
  } catch (error) {
    return (error as Error).message;
  }
  return 'added';
}

describe('cluster add', () => {
  it('names every option that is wrong at once, and writes nothing', () => {
    const root = copyOfRepository();
    const text = refusal(root, { overlay: 'federaton', ring: 'rset', host: 'AI.example', storageClass: 'A_B' });
    expect(text.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^ {2}--host must be/),
      expect.stringMatching(/^ {2}--storage-class must be/),
      expect.stringMatching(/^ {2}--overlay federaton does not exist.*did you mean `federation`\?$/),
      expect.stringMatching(/^ {2}--ring rset is not in .*did you mean `rest`\?$/),
    ]);
    expect(existsSync(join(root, 'clusters/prod-xx'))).toBe(false);
  });

  it('tells of a host that is taken once, at the option', () => {
    const text = refusal(copyOfRepository(), { host: 'ai-spm.eu.example.com' });
    expect(text.split('\n').slice(1)).toEqual([
      '  --host ai-spm.eu.example.com is also the host in clusters/prod-eu/cluster.yaml',
    ]);
  });

  it('overwrites no file that was edited by hand', () => {
    const root = copyOfRepository();
    edit(root, 'clusters/prod-us/cluster-info.yaml', 'region: us', 'region: eu');
    expect(refusal(root, {})).toContain('edited by hand: clusters/prod-us/cluster-info.yaml');
    expect(existsSync(join(root, 'clusters/prod-xx'))).toBe(false);
  });

  it('says that a held ring has nothing for the cluster yet, and what to do', () => {
    const root = copyOfRepository();
    gitRepository({ '.gitignore': 'node_modules\n' }, root);
    expect(runCli(root, ['promote', 'rest', 'HEAD']).code).toBe(0);
    const add = (name: string, ring: string) => {
      const options = ['--overlay', 'prod', '--region', 'eu-west-2', '--network', 'n', '--host', `${name}.example.com`];
      const storage = ['--storage-class', 'block', '--shared-storage-class', 'file'];
      return runCli(root, ['cluster', 'add', name, '--ring', ring, ...options, ...storage]);
    };
    const held = add('one', 'rest');
    expect(held.stderr).toMatch(/^ring rest is held at [0-9a-f]{12}, which has no clusters\/one: /m);
    expect(held.stderr).toContain('`npm run promote -- rest main`');
    expect(held.stderr).toContain('a ring that does: dev, first\n');
    expect([held.code, add('two', 'first')]).toEqual([0, expect.objectContaining({ code: 0, stderr: '' })]);
  });

  it('quotes names that YAML takes for something else', () => {
    const root = copyOfRepository();
    expect(refusal(root, { storageClass: 'true', sharedStorageClass: 'null', region: 'no' })).toBe('added');
    const text = readFileSync(join(root, 'clusters/prod-xx/cluster.yaml'), 'utf8');
    for (const line of ['class: "true"', 'sharedClass: "null"', 'region: "no"', 'name: prod-xx'])
      expect(text).toContain(line);
  });
});
