import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unseal } from '../secrets/testing/unseal.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { gitRepository } from '../testing/git-repository.ts';
import { copyOfRepository } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { phaseOf } from './engine.ts';
import { session } from './kinds/session.ts';
import { readRotationFile } from './rotation-file.ts';
import { rotationTree } from './testing/rotation-tree.ts';

const CLUSTER = 'prod-eu';
const COMMAND = ['scripts/cli.ts', 'rotate', 'apply', 'session', '--commit', '--cluster', CLUSTER, '--to', 'accepted'];
/** `CRASH_EVERY=1` takes every point. The crash test takes more of them, in one process; this one kills the command itself. */
const EVERY = Number(process.env['CRASH_EVERY'] ?? 6);

it('the command itself, killed anywhere and run again, takes the step once and leaves nothing in the clear', async () => {
  const now = new Date();
  const { tree, sealingKey } = await rotationTree(now, [CLUSTER]);
  const root = copyOfRepository();
  const clusters = Object.fromEntries(tree.list('clusters').map((path) => [path, tree.read(path) ?? '']));
  for (const [path, text] of Object.entries(clusters)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { git, ...repository } = gitRepository({ '.gitignore': 'node_modules\n' }, root);
  git('config', 'user.name', 'a');
  git('config', 'user.email', 'a@example.com');
  const start = git('rev-parse', 'HEAD');
  const scratch = temporaryTree({});
  const said: string[] = [];
  const run = (...preload: string[]) => {
    const env = { ...process.env, TMPDIR: scratch };
    const args = ['-r', './scripts/load-typescript.js', ...preload, ...COMMAND];
    const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env });
    said.push(result.stdout, result.stderr);
    return result;
  };
  const opened = (secret: string, key: string) =>
    unseal(readFileSync(join(root, 'clusters', CLUSTER, 'secrets', `${secret}.yaml`), 'utf8'), sealingKey.key)[key] ??
    '';
  const old = opened('ai-spm-secrets', 'session-secret').toString();
  const values = new Set([old]);
  let killed = 0;
  for (let point = 0; ; point += EVERY) {
    git('reset', '--quiet', '--hard', start);
    const preload = join(scratch, `kill-at-${point}.cjs`);
    writeFileSync(
      preload,
      `require(${JSON.stringify(join(root, 'scripts/rotate/testing/kill-at.ts'))}).killAt(${point});`,
    );
    const { signal, status, stderr } = run('-r', preload);
    if (signal === null) {
      expect([status, stderr]).toEqual([0, expect.anything()]);
      break;
    }
    expect(signal).toBe('SIGKILL');
    killed++;
    const isTaken = git('rev-parse', 'HEAD') !== start;
    // Where the step had been taken, the command says where the rotation is by now.
    expect(run()).toMatchObject(isTaken ? { status: 2 } : { status: 0 });
    expect(git('rev-list', '--count', `${start}..HEAD`), `killed at ${point}`).toBe('1');
    expect(git('status', '--porcelain'), `killed at ${point}`).toBe('');
    const after = openSourceTree(root);
    expect(phaseOf(session, after, CLUSTER)?.name).toBe('accepted');
    expect(readRotationFile(after, CLUSTER).inUse.session).toEqual({
      secret: 'ai-spm-secrets',
      accepted: 'ai-spm-session-2',
    });
    expect(opened('ai-spm-secrets', 'session-secret').toString()).toBe(old);
    values.add(opened('ai-spm-session-2', 'session-secret').toString());
    expect(readdirSync(join(root, '.git')).filter((name) => /^ai-spm-(rotate|unfinished)/.test(name))).toEqual([]);
  }
  process.stderr.write(`the command was killed at ${killed} points\n`);
  expect(killed * EVERY).toBeGreaterThan(20);
  expect(values.size).toBe(killed + 1);
  const files = [...readdirSync(scratch, { recursive: true, encoding: 'utf8' }).map((path) => join(scratch, path))];
  const texts = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'latin1'));
  const objects = git('cat-file', '--batch-all-objects', '--batch', '--buffer');
  const found = [...values].filter((value) => [...said, ...texts, objects].some((text) => text.includes(value)));
  expect(found.length).toBe(0);
  expect(repository.root).toBe(root);
}, 900_000);
