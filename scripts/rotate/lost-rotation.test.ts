import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { planGeneration } from '../generate/plan.ts';
import { loadRecords } from '../records/load-records.ts';
import { generatedRule } from '../rules/gen/generated.ts';
import { createRoot } from '../secrets/certificates.ts';
import { readRepository } from '../sources/repository.ts';
import { openSourceTree, overlayTree, type SourceTree } from '../system/source-tree.ts';
import type { UserError } from '../system/user-error.ts';
import { gitRepository } from '../testing/git-repository.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { phaseOf } from './engine.ts';
import { gatewayTls } from './kinds/gateway-tls.ts';
import { KINDS } from './kinds/kinds.ts';
import { meshRoot } from './kinds/mesh-root.ts';
import { session } from './kinds/session.ts';
import { readRotationFile, rotationPath } from './rotation-file.ts';
import { statusOf } from './status.ts';
import { rotationTree, stepped } from './testing/rotation-tree.ts';

const CLUSTER = 'prod-eu';
const PATH = rotationPath(CLUSTER);
let first: SourceTree;
beforeAll(async () => {
  ({ tree: first } = await rotationTree(new Date()));
});
const without = (tree: SourceTree) => overlayTree(tree, { [PATH]: undefined });

describe('a rotation.yaml that is gone', () => {
  it('is told by what only a rotation makes, whichever kind is asked for', async () => {
    const accepted = await stepped(first, session);
    const requested = await stepped(first, gatewayTls, { inputs: { selfSigned: true } });
    expect(phaseOf(session, accepted, CLUSTER)?.name).toBe('accepted');
    for (const tree of [accepted, requested]) {
      for (const kind of KINDS) expect(() => phaseOf(kind, without(tree), CLUSTER)).toThrow(`${PATH} is gone`);
      expect(() => statusOf(without(tree), [CLUSTER], KINDS)).toThrow(`${PATH} is gone`);
    }
  });

  it('is told before anything is generated from what is left, and found by the check', async () => {
    const tree = without(await stepped(first, session));

    expect(() => planGeneration(tree, loadRecords(tree))).toThrow(`${PATH} is gone`);
    const repository = readRepository(tree);
    const found = [...generatedRule.check({ repository, objectsOf: () => undefined, failureOf: () => undefined })];
    expect(found.map(({ code, source, message }) => [code.code, source.file, message])).toEqual([
      ['GEN001', PATH, expect.stringContaining(`${PATH} is gone`)],
    ]);
  }, 60_000);

  it('is told by a phase that no cluster begins in', async () => {
    const trusted = await stepped(first, meshRoot, { inputs: { meshRoot: await createRoot(new Date()) } });

    expect(() => phaseOf(meshRoot, without(trusted), CLUSTER)).toThrow(`${PATH} is gone: mesh-root is in trusted`);
  });

  it('is none where no rotation has been, whatever a person has put beside the first Secrets', () => {
    const text = first.read(`clusters/${CLUSTER}/secrets/ai-spm-secrets.yaml`) ?? '';
    const own = { [`clusters/${CLUSTER}/secrets/mine-2.yaml`]: text.replaceAll('ai-spm-secrets', 'mine-2') };

    expect(first.read(PATH)).toBeUndefined();
    expect(phaseOf(session, overlayTree(first, own), CLUSTER)?.name).toBe('standby');
  });

  it('is brought back by the command that the error names, wherever it was lost', () => {
    const secret = `clusters/${CLUSTER}/secrets/ai-spm-session-2.yaml`;
    const { root, commit } = gitRepository({ [PATH]: 'old\n', [secret]: 'x\n' });
    commit({ [PATH]: 'newest\n' });
    for (const lose of [() => rmSync(join(root, PATH)), () => commit({ [PATH]: undefined })]) {
      lose();
      bringBack(root, () => phaseOf(session, openSourceTree(root), CLUSTER));
      expect(readFileSync(join(root, PATH), 'utf8')).toBe('newest\n');
    }
  });
});

describe('a rotation.yaml that is no regular file', () => {
  const folder = `clusters/${CLUSTER}`;
  const read = (root: string) => readRotationFile(openSourceTree(root), CLUSTER);

  it.each(['/etc/passwd', 'nowhere', '.'])('is refused as a link to %s, and brought back', (target) => {
    const { root, commit } = gitRepository({ [PATH]: 'x\n', [`${folder}/secrets/ai-spm-session-2.yaml`]: 'x\n' });
    rmSync(join(root, PATH));
    symlinkSync(target, join(root, PATH));
    commit();
    expect(() => read(root)).toThrow(`${PATH} is not a regular file`);
    expect(() => phaseOf(session, openSourceTree(root), CLUSTER)).toThrow(`${PATH} is not a regular file`);
    bringBack(root, () => read(root));
    expect(readFileSync(join(root, PATH), 'utf8')).toBe('x\n');
  });

  it('is refused as a link to that of another cluster, by way of its folder too', () => {
    const root = temporaryTree({ 'clusters/a/rotation.yaml': 'underWay: {}\n', 'clusters/b/cluster.yaml': '' });
    symlinkSync('../a/rotation.yaml', join(root, 'clusters/b/rotation.yaml'));
    symlinkSync('a', join(root, 'clusters/c'));

    for (const cluster of ['b', 'c'])
      expect(() => readRotationFile(openSourceTree(root), cluster)).toThrow(
        `clusters/${cluster}/rotation.yaml is not a regular file`,
      );
    expect(() => readRotationFile(openSourceTree(root), 'a')).toThrow('is not right');
  });

  it('is refused as a folder, and no error where there is none', () => {
    const root = temporaryTree({ [`${folder}/cluster.yaml`]: '' });
    expect(read(root).underWay).toEqual({});
    mkdirSync(join(root, PATH));
    writeFileSync(join(root, PATH, 'a'), '');
    expect(() => read(root)).toThrow(`${PATH} is not a regular file`);
  });
});

it('a sealing.crt that is no certificate is told as such', () => {
  const broken = overlayTree(first, { [`clusters/${CLUSTER}/sealing.crt`]: 'hi\n' });

  expect(() => statusOf(broken, [CLUSTER], KINDS)).toThrow(
    `clusters/${CLUSTER}/sealing.crt is no sealing certificate: it holds 0 PEM blocks`,
  );
});

/** Runs the command that an error names. */
function bringBack(root: string, failing: () => unknown): void {
  try {
    failing();
  } catch (error) {
    const { fix } = (error as UserError).details;
    execFileSync('sh', ['-c', fix.slice(fix.indexOf('git checkout'))], { cwd: root, stdio: 'pipe' });
    return;
  }
  throw new Error('nothing is wrong');
}
