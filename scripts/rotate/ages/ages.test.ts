import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSourceTree } from '../../system/source-tree.ts';
import { gitRepository } from '../../testing/git-repository.ts';
import { temporaryTree } from '../../testing/temp-repository.ts';
import { agesOf } from './ages.ts';
import { valueHistory } from './value-history.ts';

const FILE = 'clusters/prod-eu/secrets/ai-spm-secrets.yaml';
const TOKEN = 'clusters/prod-eu/platform/istio-reader-token-2.yaml';
/** A text as long as a sealed value. */
const cipher = (letter: string) => `Ag${letter.repeat(400)}`;

function sealed(values: Record<string, string>, certificate = 'a', name = 'ai-spm-secrets'): string {
  const lines = Object.entries(values).map(([key, letter]) => `    ${key}: ${cipher(letter)}\n`);
  return `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: ${name}
  namespace: ai-spm
  annotations:
    ai-spm.io/sealing-certificate: ${certificate}
spec:
  encryptedData:
${lines.join('')}`;
}

/** A clone with commits of given days of one month. */
function clone() {
  const repository = gitRepository({ 'README.md': 'x\n' });
  const { git, write } = repository;
  const commit = (day: number, files: Record<string, string | undefined>, ...options: string[]) => {
    write(files);
    git('add', '--all');
    git('commit', '--quiet', '--message', 'x', `--date=2026-03-${String(day).padStart(2, '0')}T12:00:00Z`, ...options);
  };
  return { ...repository, commit };
}

const days = async (root: string) => {
  const ages = agesOf(openSourceTree(root), ['prod-eu'], await valueHistory(root));
  return Object.fromEntries(ages.map(({ what, since }) => [what.split(' ')[0], since?.getUTCDate()]));
};

describe('the age of a sealed value', () => {
  it('is counted from the commit that first had it, not from changes of its file or of the values beside it', async () => {
    const { root, commit } = clone();
    commit(3, { [FILE]: sealed({ a: 'A', b: 'B' }) });
    commit(5, { [FILE]: sealed({ a: 'A', b: 'C' }) });
    commit(7, { [FILE]: `# said\n${sealed({ a: 'A', b: 'C', c: 'D' })}` });

    expect(await days(root)).toEqual({ a: 3, b: 5, c: 7 });
    expect(agesOf(openSourceTree(root), ['prod-eu'], await valueHistory(root)).map(({ what }) => what)).toEqual(
      ['a', 'b', 'c'].map((key) => `${key} of ai-spm/ai-spm-secrets`),
    );
  });

  it('is kept where another key seals the file, and only by what was there before', async () => {
    const { root, commit } = clone();
    commit(3, { [FILE]: sealed({ a: 'A', b: 'B' }) });
    commit(5, { [FILE]: sealed({ a: 'C', b: 'D', c: 'E' }, 'b') });
    commit(7, { [FILE]: sealed({ a: 'F', b: 'G', c: 'E' }, 'c') });
    // Sealed to the same key again: who can tell that it is the same value?
    commit(9, { [FILE]: sealed({ a: 'F', b: 'H', c: 'E' }, 'c') });

    expect(await days(root)).toEqual({ a: 3, b: 9, c: 5 });
  });

  it('is that of the value where it comes back, under its name or another one, in its file or another one', async () => {
    const { root, commit } = clone();
    commit(3, { [FILE]: sealed({ a: 'A', b: 'B' }) });
    commit(5, { [FILE]: sealed({ a: 'C' }) });
    commit(7, { [FILE]: undefined, [`${FILE}`.replace('secrets.yaml', 'two.yaml')]: sealed({ a: 'A', c: 'B' }) });

    expect(await days(root)).toEqual({ a: 3, c: 3 });
  });

  it('is found behind merges, and in one that was resolved by hand', async () => {
    const { root, git, commit, write } = clone();
    commit(2, { [FILE]: sealed({ a: 'A', b: 'A' }) });
    git('checkout', '--quiet', '-b', 'other');
    commit(3, { [FILE]: sealed({ a: 'B', b: 'A' }) });
    git('checkout', '--quiet', 'main');
    commit(5, { [FILE]: sealed({ a: 'C', b: 'A' }) });
    spawnSync('git', ['merge', '--quiet', 'other'], { cwd: root });
    write({ [FILE]: sealed({ a: 'B', b: 'D' }) });
    commit(7, {}, '--no-edit');

    expect(git('log', '-1', '--format=%p').split(' ')).toHaveLength(2);
    expect(await days(root)).toEqual({ a: 3, b: 7 });
  });

  it('is not known where no commit has it yet', async () => {
    const { root, commit, write } = clone();
    commit(3, { [FILE]: sealed({ a: 'A' }) });
    write({ [FILE]: sealed({ a: 'A', b: 'B' }) });

    expect(await days(root)).toEqual({ a: 3, b: undefined });
  });

  it('is read whatever a machine or a clone is set to', async () => {
    const { root, git, commit } = clone();
    const other = FILE.replace('/secrets/', '/platform/');
    // So that the first commit of all has values.
    git('checkout', '--quiet', '--orphan', 'whole');
    const attributes = '**/secrets/* -diff\n**/platform/* diff=x\n';
    commit(3, {
      '.gitattributes': attributes,
      [FILE]: sealed({ a: 'A' }),
      [other]: sealed({ c: 'C' }),
      [TOKEN]: 'x\n',
    });
    commit(5, { [FILE]: sealed({ a: 'B', b: 'A' }) });
    const settings = {
      'color.ui': 'always',
      'diff.noprefix': 'true',
      'diff.x.textconv': 'false',
      'log.date': 'relative',
      'log.showRoot': 'false',
      'format.pretty': 'oneline',
      'diff.context': '9',
    };
    for (const [name, value] of Object.entries(settings)) git('config', name, value);

    expect(await days(root)).toEqual({ a: 5, b: 3, c: 3, token: 3 });
  });
});

it('the age of a token is counted from the commit that last asked for it', async () => {
  const { root, commit } = clone();
  commit(3, { [TOKEN]: 'kind: Secret\n' });
  commit(4, { [TOKEN]: undefined });
  commit(5, { [TOKEN]: 'kind: Secret\n' });
  commit(7, { [TOKEN]: '# said\nkind: Secret\n' });

  expect(await days(root)).toEqual({ token: 5 });
});

describe('no age is told where git cannot tell', () => {
  const unknown = async (root: string) => {
    const history = await valueHistory(root);
    const [age] = agesOf(openSourceTree(root), ['prod-eu'], history);
    return [history.unknown, age?.since];
  };
  const shallow = (root: string) => {
    const copy = join(temporaryTree({}), 'copy');
    spawnSync('git', ['clone', '--quiet', '--depth=1', `file://${root}`, copy]);
    return copy;
  };

  it('in a shallow clone, whose oldest commit seems to have made everything', async () => {
    const { root, commit } = clone();
    commit(3, { [FILE]: sealed({ a: 'A' }) });
    commit(5, { 'README.md': 'y\n' });

    expect(await unknown(shallow(root))).toEqual([expect.stringContaining('shallow'), undefined]);
    expect(await unknown(root)).toEqual([undefined, new Date('2026-03-03T12:00:00Z')]);
  });

  it('in files that are no clone', async () => {
    const root = temporaryTree({ [FILE]: sealed({ a: 'A' }) });

    expect(await unknown(root)).toEqual([expect.stringContaining('not in a git repository'), undefined]);
  });
});
