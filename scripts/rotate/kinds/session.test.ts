import { beforeAll, describe, expect, it } from 'vitest';
import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { legalStep, phaseOf } from '../engine.ts';
import type { ClusterFacts, WorkloadFacts } from '../facts/facts.ts';
import { readRotationFile } from '../rotation-file.ts';
import { rotationTree, stepped } from '../testing/rotation-tree.ts';
import { session } from './session.ts';

const CLUSTER = 'prod-eu';
const phase = (tree: SourceTree) => phaseOf(session, tree, CLUSTER)?.name;
const inUse = (tree: SourceTree) => readRotationFile(tree, CLUSTER).inUse.session;
const keysOf = (tree: SourceTree, secret: string) => {
  const text = tree.read(`clusters/${CLUSTER}/secrets/${secret}.yaml`);
  return text === undefined ? undefined : Object.keys(readSealedSecret(text).encryptedData);
};

let first: SourceTree;
beforeAll(async () => {
  first = (await rotationTree(new Date())).tree;
});

describe('session', () => {
  it('is accepted everywhere before it signs, and the old one stays accepted until it is dropped', async () => {
    const accepted = await stepped(first, session);
    const signing = await stepped(accepted, session);
    const done = await stepped(signing, session);

    expect([first, accepted, signing, done].map(phase)).toEqual(['standby', 'accepted', 'signing', 'standby']);
    expect([accepted, signing, done].map(inUse)).toEqual([
      { secret: 'ai-spm-secrets', accepted: 'ai-spm-session-2' },
      { secret: 'ai-spm-session-2', accepted: 'ai-spm-secrets' },
      { secret: 'ai-spm-session-2' },
    ]);
    expect(keysOf(signing, 'ai-spm-secrets')).toContain('session-secret');
    expect(keysOf(done, 'ai-spm-secrets')).not.toContain('session-secret');
    expect(keysOf(done, 'ai-spm-session-2')).toEqual(['session-secret']);
    expect(readRotationFile(done, CLUSTER).underWay).toEqual({});
  });

  it('the next rotation takes the next number, and leaves no file of the last one', async () => {
    let tree = first;
    for (let step = 0; step < 6; step++) tree = await stepped(tree, session);

    expect(inUse(tree)).toEqual({ secret: 'ai-spm-session-3' });
    expect(keysOf(tree, 'ai-spm-session-2')).toBeUndefined();
  });

  it('goes back step by step to the very files that it began with, but for the number that is never given again', async () => {
    const signing = await stepped(await stepped(first, session), session);
    const accepted = await stepped(signing, session, { direction: 'back' });
    const back = await stepped(accepted, session, { direction: 'back' });

    expect([accepted, back].map(phase)).toEqual(['accepted', 'standby']);
    for (const path of first.list(`clusters/${CLUSTER}`)) expect(back.read(path)).toBe(first.read(path));
    expect(back.list(`clusters/${CLUSTER}`).filter((path) => first.kind(path) === 'missing')).toEqual([
      `clusters/${CLUSTER}/rotation.yaml`,
    ]);
    expect(readRotationFile(back, CLUSTER)).toEqual({ ...readRotationFile(first, CLUSTER), highest: 2 });
    expect(inUse(await stepped(back, session)).accepted).toBe('ai-spm-session-3');
  });

  it.each([0, 1, 2])('in an emergency the new one is alone at once, from phase %i on', async (steps) => {
    let tree = first;
    for (let step = 0; step < steps; step++) tree = await stepped(tree, session);
    const after = await stepped(tree, session, { emergency: true });

    expect(phase(after)).toBe('standby');
    expect(inUse(after)).toEqual({ secret: steps === 0 ? 'ai-spm-session-2' : 'ai-spm-session-3' });
    expect(keysOf(after, 'ai-spm-secrets')).not.toContain('session-secret');
    expect(keysOf(after, 'ai-spm-session-2')).toEqual(steps === 0 ? ['session-secret'] : undefined);
  });

  it('refuses any other step, and names the legal one', async () => {
    const from = phaseOf(session, await stepped(first, session), CLUSTER);
    if (!from) throw new Error('no phase');

    expect(() => legalStep(session, from, 'forward', 'standby')).toThrow('no step leads from accepted to standby');
    expect(() => legalStep(session, from, 'forward', 'done')).toThrow('session has no phase `done`');
    expect(() => legalStep(session, session.phases[0], 'back')).toThrow('nothing to go back from');
    expect(legalStep(session, from, 'forward', 'signing').to.name).toBe('signing');
  });
});

describe('the gates of session', () => {
  const now = new Date('2026-11-25T12:00:00Z');
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();
  const taking = (signs: string, accepted?: string, settled = true, rolledOutAt?: string): WorkloadFacts => ({
    namespace: 'ai-spm',
    name: 'api-gateway',
    kind: 'Deployment',
    settled,
    rolledOutAt,
    secrets: [
      'ai-spm-secrets/database-url as DATABASE_URL',
      `${signs}/session-secret as SESSION_SECRET`,
      ...(accepted ? [`${accepted}/session-secret as SESSION_SECRET_ACCEPTED`] : []),
    ],
  });
  const facts = (workloads: ClusterFacts['workloads']) => [{ cluster: CLUSTER, workloads } as ClusterFacts];
  const closed = async (workloads: ClusterFacts['workloads'], steps = 1, direction: 'forward' | 'back' = 'forward') => {
    let tree = first;
    for (let step = 0; step < steps; step++) tree = await stepped(tree, session);
    const { gates } = session.phases[steps]?.[direction] ?? { gates: [] };
    return gates.flatMap(({ check }) => check(facts(workloads), { tree, cluster: CLUSTER, now }));
  };

  it('open when every pod takes both', async () => {
    expect(await closed({ value: [taking('ai-spm-secrets', 'ai-spm-session-2')] })).toEqual([]);
  });

  it.each<[string, ClusterFacts['workloads'], string]>([
    [
      'a pod is still of the last template',
      { value: [taking('ai-spm-secrets', 'ai-spm-session-2', false)] },
      'is being rolled out',
    ],
    ['no pod accepts the new one', { value: [taking('ai-spm-secrets')] }, 'does not take SESSION_SECRET_ACCEPTED'],
    [
      'one signs with it already',
      { value: [taking('ai-spm-session-2', 'ai-spm-session-2')] },
      'takes SESSION_SECRET from ai-spm-session-2, not from ai-spm-secrets',
    ],
    ['it is not there', { value: [] }, 'there is no Deployment api-gateway'],
    ['nobody could look', { unreadable: 'no access' }, 'workloads cannot be read: no access'],
  ])('closed when %s', async (_, workloads, reason) => {
    expect((await closed(workloads)).join()).toContain(reason);
  });

  it.each<[string, number, 'forward' | 'back', [string, string]]>([
    ['the old one', 2, 'forward', ['ai-spm-session-2', 'ai-spm-secrets']],
    // It may have signed, where the rotation had gone further and came back.
    ['the new one', 1, 'back', ['ai-spm-secrets', 'ai-spm-session-2']],
  ])('%s is dropped when its last session is over, counted from the rollout', async (_, steps, direction, taken) => {
    const drop = (days?: number) => {
      const rolledOutAt = days === undefined ? days : daysAgo(days);
      return closed({ value: [taking(...taken, true, rolledOutAt)] }, steps, direction);
    };

    expect(await drop(7.05)).toEqual([]);
    expect(await drop(7)).toEqual([`${CLUSTER}: not before 2026-11-25T13:00:00.000Z`]);
    expect(await drop()).toEqual([
      `${CLUSTER}: it is not known when the last pod of api-gateway with another SESSION_SECRET ended`,
    ]);
  });

  it('rollouts for other reasons do not begin the wait anew, one that signs with another secret does', async () => {
    const yesterday = taking('ai-spm-session-2', 'ai-spm-secrets', true, daysAgo(1));
    const drop = (...past: [string, number][]) => {
      const ended = past.map(([signs, days]) => ({ secrets: taking(signs).secrets, endedAt: daysAgo(days) }));
      return closed({ value: [{ ...yesterday, past: ended }] }, 2);
    };

    expect(await drop(['ai-spm-secrets', 8], ['ai-spm-session-2', 1])).toEqual([]);
    expect(await drop(['ai-spm-secrets', 8], ['ai-spm-secrets', 3])).toEqual([expect.stringContaining('not before')]);
    // What took the old one is no longer kept: only the last rollout of all is known to be late enough.
    expect(await drop(['ai-spm-session-2', 1])).toEqual([expect.stringContaining('not before')]);
  });
});
