import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { rotationTree } from '../rotate/testing/rotation-tree.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { gitRepository } from '../testing/git-repository.ts';
import { copyOfRepository } from '../testing/repository-copy.ts';
import { abort, apply, type RotateOptions, verify } from './rotation.ts';
import { status } from './rotation-status.ts';

const CLUSTER = 'prod-eu';
let tree: SourceTree;
beforeAll(async () => {
  ({ tree } = await rotationTree(new Date(), [CLUSTER]));
});

/** A clone of this repository in which a cluster has its first secrets. */
function clone() {
  const root = copyOfRepository();
  for (const path of tree.list('clusters')) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), tree.read(path) ?? '');
  }
  const { git } = gitRepository({ '.gitignore': 'node_modules\n' }, root);
  git('config', 'user.name', 'a');
  git('config', 'user.email', 'a@example.com');
  const start = git('rev-parse', 'HEAD');
  /** In this process, since starting a new one takes longer than the step. */
  const saying = async (run: () => Promise<number>) => {
    const said = { stdout: '', stderr: '' };
    const spies = (['stdout', 'stderr'] as const).map((stream) =>
      vi.spyOn(process[stream], 'write').mockImplementation((text) => {
        said[stream] += text;
        return true;
      }),
    );
    try {
      return { code: await run(), ...said };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  };
  const rotate = (kind: string, options: Partial<RotateOptions> = {}) =>
    saying(() => apply(root, kind, { output: 'pretty', ...options }));
  const back = (kind: string, options: Partial<RotateOptions> = {}) =>
    saying(() => abort(root, kind, { output: 'pretty', ...options }));
  return { root, git, saying, rotate, back, commits: () => Number(git('rev-list', '--count', `${start}..HEAD`)) };
}

describe('rotate apply', () => {
  it('writes nothing without --commit, and nothing but JSON where that is asked for', async () => {
    const { root, git, rotate } = clone();
    const { code, stdout } = await rotate('session', { output: 'json' });

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ open: true, from: 'standby', to: 'accepted' },
      changes: expect.arrayContaining([{ path: `clusters/${CLUSTER}/secrets/ai-spm-session-2.yaml`, change: '+' }]),
    });
    expect(existsSync(join(root, '.git/ai-spm-mesh'))).toBe(false);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('leaves out of its commit what git does not know', async () => {
    const { root, git, rotate } = clone();
    const text = git('show', `HEAD:clusters/${CLUSTER}/secrets/ai-spm-secrets.yaml`).replaceAll(
      'ai-spm-secrets',
      'mine',
    );
    writeFileSync(join(root, `clusters/${CLUSTER}/secrets/mine.yaml`), text);

    expect((await rotate('session', { commit: true })).code).toBe(0);
    const kustomization = git('show', `HEAD:clusters/${CLUSTER}/kustomization.yaml`);
    expect(kustomization).toContain('secrets/ai-spm-session-2.yaml');
    expect(kustomization).not.toContain('secrets/mine.yaml');
    expect(existsSync(join(root, `clusters/${CLUSTER}/secrets/mine.yaml`))).toBe(true);
  });

  it('reads no secret of a cluster before the gates are open', async () => {
    const { rotate } = clone();
    const { code, stderr } = await rotate('sealing-key', { commit: true });

    expect([code, stderr]).toEqual([1, expect.stringContaining('closed collected')]);
    expect(stderr).not.toContain('the step takes values');
  });

  it('begins no second rotation where its last step is only run again, and does where the phase is named', async () => {
    const { git, rotate, commits } = clone();
    for (const _ of [1, 2]) expect((await rotate('session', { emergency: true, commit: true })).code).toBe(0);
    expect(commits()).toBe(1);
    // As the regular last step says it.
    git('commit', '--quiet', '--amend', '--message', `rotate session: signing to standby in ${CLUSTER}`);
    expect(await rotate('session', { commit: true })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('--to accepted'),
    });
    expect(commits()).toBe(1);
    expect((await rotate('session', { commit: true, to: 'accepted' })).code).toBe(0);
    expect(commits()).toBe(2);
  });

  it('takes a step that was committed and then killed for taken', async () => {
    const { root, git, rotate, commits } = clone();
    // As after a crash: the branch has moved, and the work tree is behind it.
    expect((await rotate('gateway-tls', { selfSigned: true, commit: true })).code).toBe(0);
    const commit = git('rev-parse', 'HEAD');
    git('checkout', '--quiet', 'HEAD^', '--', 'clusters');
    git('clean', '-fdq', 'clusters');
    writeFileSync(join(root, '.git/ai-spm-unfinished-commit'), commit);

    expect((await rotate('gateway-tls', { selfSigned: true, commit: true })).code).toBe(0);
    expect([commits(), git('status', '--porcelain')]).toEqual([1, '']);
    expect((await rotate('gateway-tls', { commit: true })).code).toBe(0);
    expect(commits()).toBe(2);
  });
});

describe('rotate verify', () => {
  it('that does not say how to look at the clusters is wrong usage, where the step waits for them', async () => {
    const { root } = clone();

    await expect(verify(root, 'session', { output: 'pretty' })).resolves.toBe(0);
    await expect(verify(root, 'sealing-key', { output: 'pretty' })).rejects.toMatchObject({
      name: 'UserError',
      what: '`rotate verify` needs --context or --from',
      details: { fix: expect.stringContaining('verify sealing-key --context') },
    });
  }, 60_000);
});

describe('rotate abort', () => {
  it('goes back no further where its last step is only run again, and does where the phase is named', async () => {
    const { git, back, rotate, commits } = clone();
    // A step back from the phase behind, whose files are those of this phase.
    expect((await rotate('gateway-tls', { selfSigned: true, commit: true })).code).toBe(0);
    git('commit', '--quiet', '--amend', '--message', `rotate gateway-tls: replaced to requested in ${CLUSTER}`);

    expect(await back('gateway-tls', { commit: true })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('--to standby'),
    });
    expect(commits()).toBe(1);
    expect((await back('gateway-tls', { commit: true, to: 'standby' })).code).toBe(0);
    expect(commits()).toBe(2);
  }, 120_000);

  it('goes back from a step on', async () => {
    const { back, rotate, commits } = clone();
    expect((await rotate('gateway-tls', { selfSigned: true, commit: true })).code).toBe(0);

    expect((await back('gateway-tls', { commit: true })).code).toBe(0);
    expect(commits()).toBe(2);
  }, 120_000);
});

describe('rotate status', () => {
  it('says how old values, keys and certificates are', async () => {
    const { root, saying } = clone();
    const shown = (output: 'pretty' | 'json') =>
      saying(() => status(root, { cluster: [CLUSTER], within: 30, output })).then(({ stdout }) => stdout);
    const date = expect.stringMatching(/^20\d\d-\d\d-\d\dT/);

    const { ages, agesUnknown, calendar } = JSON.parse(await shown('json'));
    expect(agesUnknown).toBeUndefined();
    expect(ages.map(({ what, since }: { what: string; since: string }) => [what, since])).toEqual(
      [
        ...['database-password', 'database-url', 'session-secret'].map((key) => `${key} of ai-spm/ai-spm-secrets`),
        ...['ai_spm_a of ai-spm/database-roles', 'tls.key of istio-ingress/ai-spm-tls'],
        'ca-key.pem of istio-system/cacerts',
      ].map((what) => [what, date]),
    );
    expect(calendar.map(({ since }: { since?: string }) => since)).toEqual(calendar.map(() => date));
    expect(await shown('pretty')).toMatch(new RegExp(`^[-0-9]{10} +0 +${CLUSTER} +session-secret of ai-spm`, 'm'));
  }, 60_000);
});
