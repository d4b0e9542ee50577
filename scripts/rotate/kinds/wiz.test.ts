import { beforeAll, describe, expect, it } from 'vitest';
import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { legalStep, phaseOf } from '../engine.ts';
import { ciphertextDigest } from '../facts/ciphertext.ts';
import type { ClusterFacts, SealedFacts } from '../facts/facts.ts';
import { readRotationFile } from '../rotation-file.ts';
import { rotationTree, stepped } from '../testing/rotation-tree.ts';
import { wiz } from './wiz.ts';

const CLUSTER = 'prod-eu';
const values = (id: string) => ({ 'wiz-client-id': id, 'wiz-client-secret': `secret-of-${id}` });
const phase = (tree: SourceTree) => phaseOf(wiz, tree, CLUSTER)?.name;
const inUse = (tree: SourceTree) => readRotationFile(tree, CLUSTER).inUse.wiz.secret;
const file = (secret: string) => `clusters/${CLUSTER}/secrets/${secret}.yaml`;
const fingerprintKey = Buffer.alloc(32, 1);
const sealing = (tree: SourceTree, id: string) =>
  stepped(tree, wiz, { inputs: { values: values(id), fingerprintKey } });

let first: SourceTree;
let rotated: SourceTree;
beforeAll(async () => {
  first = (await rotationTree(new Date())).tree;
  rotated = await stepped(await stepped(await sealing(first, 'one'), wiz), wiz);
});

describe('wiz', () => {
  it('gives a cluster its first credentials, sealed before a pod takes them', async () => {
    const sealed = await sealing(first, 'one');
    const switched = await stepped(sealed, wiz);

    expect([first, sealed, switched, rotated].map(phase)).toEqual(['standby', 'sealed', 'switched', 'standby']);
    expect([sealed, switched, rotated].map(inUse)).toEqual(['ai-spm-secrets', 'ai-spm-wiz-2', 'ai-spm-wiz-2']);
    expect(rotated.read(file('ai-spm-secrets'))).toBe(first.read(file('ai-spm-secrets')));
  });

  it('replaces them, and drops the old pair last', async () => {
    const sealed = await sealing(rotated, 'two');
    const switched = await stepped(sealed, wiz);
    const done = await stepped(switched, wiz);

    expect([sealed, switched, done].map(phase)).toEqual(['sealed', 'switched', 'standby']);
    expect([sealed, switched, done].map(inUse)).toEqual(['ai-spm-wiz-2', 'ai-spm-wiz-3', 'ai-spm-wiz-3']);
    expect([sealed, switched, done].map((tree) => tree.kind(file('ai-spm-wiz-2')))).toEqual([
      'file',
      'file',
      'missing',
    ]);
  });

  it.each([
    ['with old credentials', () => rotated],
    ['with none before', () => first],
  ])('goes back step by step to the very files that it began with, %s', async (_, begin) => {
    const switched = await stepped(await sealing(begin(), 'two'), wiz);
    const sealed = await stepped(switched, wiz, { direction: 'back' });
    const back = await stepped(sealed, wiz, { direction: 'back' });

    expect([sealed, back].map(phase)).toEqual(['sealed', 'standby']);
    const isNotes = (path: string) => path.endsWith('/rotation.yaml');
    const paths = (tree: SourceTree) => tree.list(`clusters/${CLUSTER}`).filter((path) => !isNotes(path));
    for (const path of paths(begin())) expect(back.read(path)).toBe(begin().read(path));
    expect(paths(back)).toEqual(paths(begin()));
  });

  it('in an emergency the new pair is alone at once', async () => {
    const after = await stepped(rotated, wiz, { emergency: true, inputs: { values: values('two') } });

    expect([phase(after), inUse(after)]).toEqual(['standby', 'ai-spm-wiz-3']);
    expect(after.read(file('ai-spm-wiz-2'))).toBeUndefined();
  });

  it('knows credentials that did not change, by a fingerprint that says nothing without the key of the clone', async () => {
    await expect(sealing(rotated, 'one')).rejects.toThrow('prod-eu has these credentials already');
    const other = { values: values('one'), fingerprintKey: Buffer.alloc(32, 2) };
    const again = await stepped(rotated, wiz, { inputs: other });
    const notes = (secret: string) => Object.values(readSealedSecret(again.read(file(secret)) ?? '').notes ?? {});

    expect(notes('ai-spm-wiz-3')).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
    expect(notes('ai-spm-wiz-3')).not.toEqual(notes('ai-spm-wiz-2'));
    // One of the two has changed: that is another pair.
    const half = { values: { ...values('one'), 'wiz-client-secret': 'other' }, fingerprintKey };
    expect(phase(await stepped(rotated, wiz, { inputs: half }))).toBe('sealed');
  });

  it.each<[string, Record<string, string> | undefined, string]>([
    ['no values', undefined, 'wiz-client-id and wiz-client-secret must be given'],
    ['one of two', { 'wiz-client-id': 'x' }, 'wiz-client-secret must be given'],
    ['an empty one', { ...values('x'), 'wiz-client-secret': '' }, 'wiz-client-secret must be given'],
    ['the line end of another system', { ...values('x'), 'wiz-client-id': 'x\r' }, 'wiz-client-id must be given'],
    ['another name', { ...values('x'), hunter2: 'y' }, 'only wiz-client-id and wiz-client-secret can be given'],
  ])('refuses %s, without repeating what was given', async (_, given, message) => {
    const attempt = stepped(first, wiz, { inputs: given ? { values: given } : {} });

    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow('hunter2');
  });
});

describe('the gates of wiz', () => {
  const closed = (tree: SourceTree, facts: Partial<ClusterFacts>) => {
    const from = phaseOf(wiz, tree, CLUSTER);
    if (!from) throw new Error('no phase');
    const { gates } = legalStep(wiz, from, 'forward').transition;
    return gates.flatMap(({ check }) =>
      check([{ cluster: CLUSTER, ...facts } as ClusterFacts], { tree, cluster: CLUSTER, now: new Date() }),
    );
  };
  const live = (tree: SourceTree, secret: string, opened = true): SealedFacts => {
    const sealed = readSealedSecret(tree.read(file(secret)) ?? '');
    const { namespace, name } = sealed;
    return { namespace, name, opened, ciphertext: ciphertextDigest(sealed) };
  };

  it('no pod takes a Secret that the controller has not opened: the pod would start without', async () => {
    const tree = await sealing(rotated, 'two');
    const facts = (sealedSecrets: SealedFacts[]) => closed(tree, { sealedSecrets: { value: sealedSecrets } });

    expect(facts([live(tree, 'ai-spm-wiz-3')])).toEqual([]);
    expect(facts([live(tree, 'ai-spm-wiz-3', false)]).join()).toContain('ai-spm/ai-spm-wiz-3 has not been opened');
    expect(facts([{ ...live(tree, 'ai-spm-wiz-3'), ciphertext: 'x' }]).join()).toContain('is not the version of git');
    expect(facts([live(tree, 'ai-spm-wiz-2')]).join()).toContain('ai-spm-wiz-3 is not there yet');
    expect(closed(tree, { sealedSecrets: { unreadable: 'no access' } }).join()).toContain('cannot be read: no access');
  });

  it('the old pair stays until every pod takes the new one', async () => {
    const tree = await stepped(await sealing(rotated, 'two'), wiz);
    const taking = (secret: string, settled = true) => ({
      workloads: {
        value: [
          {
            namespace: 'ai-spm',
            name: 'wiz-integration',
            kind: 'Deployment',
            settled,
            secrets: [`${secret}/wiz-client-id as WIZ_CLIENT_ID`, `${secret}/wiz-client-secret as WIZ_CLIENT_SECRET`],
          },
        ],
      },
    });

    expect(closed(tree, taking('ai-spm-wiz-3'))).toEqual([]);
    expect(closed(tree, taking('ai-spm-wiz-2')).join()).toContain('takes WIZ_CLIENT_ID from ai-spm-wiz-2');
    expect(closed(tree, taking('ai-spm-wiz-3', false)).join()).toContain('is being rolled out');
  });
});
