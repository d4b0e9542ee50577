import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { prettyKeyUse } from '../commands/rotation-keys.ts';
import { RECORD, recordTree } from '../rules/gen/example-tree.ts';
import { createSealingKey } from '../secrets/certificates.ts';
import { sealSecret } from '../secrets/sealed-secret.ts';
import { readSealingCertificate } from '../secrets/sealing-certificate.ts';
import { openSourceTree, overlayTree } from '../system/source-tree.ts';
import { gitRepository } from '../testing/git-repository.ts';
import { ROOT } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { keyUse } from './key-use.ts';
import { type KnownRevision, withRevisions } from './known-revisions.ts';

const now = new Date();
const FILE = 'clusters/demo/platform/x.yaml';
const rings = (revision: string) => ({
  'argocd/rings.yaml': `rings:\n  - { name: first, revision: ${revision} }\n  - { name: rest, revision: main }\n`,
});

async function sealed(namespace = 'istio-system') {
  const { certificate } = await createSealingKey(now);
  const read = readSealingCertificate('', certificate, now);
  const text = sealSecret({ namespace, name: 'x', data: { a: Buffer.from('1') } }, read);
  return { text, fingerprint: read.fingerprint };
}

it('a key is needed as long as any ring runs a commit that hangs on it', async () => {
  const [older, newer] = [await sealed(), await sealed()];
  const root = readFileSync(join(ROOT, 'argocd/root.yaml'), 'utf8');
  const first = { ...recordTree(RECORD), ...rings('main'), 'argocd/root.yaml': root, [FILE]: older.text };
  const repository = gitRepository(first);
  const held = repository.git('rev-parse', 'HEAD');
  repository.commit({ [FILE]: newer.text, ...rings(held) });
  const keys = [newer, older].map(({ fingerprint }, index) => ({
    ...{ name: `key-${2 - index}`, fingerprint, notBefore: '2026-11-25T00:00:00Z' },
  }));
  const use = (revisions: readonly KnownRevision[]) => keyUse(keys, revisions, 'demo', 'kubectl --context eu');

  const whileHeld = await withRevisions(repository.root, use);
  expect(whileHeld.map(({ files, remove }) => [files, remove?.length])).toEqual([
    [[`main:${FILE}`], undefined],
    [[`ring first:${FILE}`], undefined],
  ]);

  repository.commit(rings('main'));
  const after = (await withRevisions(repository.root, use)).map((one) => ({ cluster: 'demo', ...one }));
  expect(after.map(({ files, remove }) => [files, remove?.length])).toEqual([
    [[`main:${FILE}`], undefined],
    [[], 2],
  ]);
  const lines = prettyKeyUse(after).split('\n');
  expect(lines[1]).toMatch(/^demo +key-2 .* 2026-11-25 +1 +needed/);
  expect(lines[2]).toMatch(/^demo +key-1 .* 2026-11-25 +0 +may go/);
  expect(lines.slice(3)).toEqual([
    'demo: nothing hangs on key-1. Where no older commit is to come back:',
    'kubectl --context eu --namespace sealed-secrets delete secret key-1',
    'kubectl --context eu --namespace sealed-secrets rollout restart deployment/sealed-secrets-controller',
    '',
  ]);

  repository.commit(rings('f'.repeat(40)));
  await expect(withRevisions(repository.root, use)).rejects.toThrow('which this clone does not have');
});

it('a key of the cluster that Argo CD runs in is needed as long as a registration hangs on it', async () => {
  const [registration, own] = [await sealed('argocd'), await sealed()];
  const files = { 'argocd/registrations/far.yaml': registration.text, [FILE]: own.text };
  const revisions = [{ revision: 'main', tree: overlayTree(openSourceTree(temporaryTree({})), files) }];
  const keys = [own, registration].map(({ fingerprint }) => ({ name: 'key', fingerprint, notBefore: '' }));
  const older = (hasArgoCd: boolean) => keyUse(keys, revisions, 'demo', 'kubectl', hasArgoCd)[1];

  expect(older(true)).toMatchObject({ files: ['main:argocd/registrations/far.yaml'] });
  expect(older(true)?.remove).toBeUndefined();
  expect(older(false)?.remove).toHaveLength(2);
});
