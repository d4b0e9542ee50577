import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readSealedSecret, sealedSecretIn } from '../../secrets/sealed-secret.ts';
import { overlayTree, type SourceTree } from '../../system/source-tree.ts';
import { roleState } from '../database-roles.ts';
import { phaseOf } from '../engine.ts';
import { ciphertextDigest } from '../facts/ciphertext.ts';
import type { ClusterFacts, DatabaseRoleFacts, WorkloadFacts } from '../facts/facts.ts';
import { DATABASE_ROLES, readRotationFile } from '../rotation-file.ts';
import { rotationTree, stepped } from '../testing/rotation-tree.ts';
import { database } from './database.ts';

const CLUSTER = 'prod-eu';
const read = (tree: SourceTree, secret: string) => tree.read(`clusters/${CLUSTER}/secrets/${secret}.yaml`);
const phase = (tree: SourceTree) => phaseOf(database, tree, CLUSTER)?.name;
const inUse = (tree: SourceTree) => Object.values(readRotationFile(tree, CLUSTER).inUse.database).join(' ');
const roles = (tree: SourceTree) => {
  const sealed = readSealedSecret(read(tree, 'database-roles') ?? '');
  return DATABASE_ROLES.map((role) => roleState(sealed, role)).join(' ');
};
const hasUrl = (tree: SourceTree, secret: string) =>
  'database-url' in (sealedSecretIn(read(tree, secret) ?? '')?.encryptedData ?? {});

let first: SourceTree;
/** The trees of one whole rotation, in order. */
let trees: SourceTree[];
beforeAll(async () => {
  first = (await rotationTree(new Date())).tree;
  trees = [first];
  for (let step = 0; step < 4; step++) trees.push(await stepped(trees.at(-1) as SourceTree, database));
});

describe('database', () => {
  it('has both roles open before the services change over, and takes the old one away in two steps', () => {
    expect(trees.map((tree) => [phase(tree), roles(tree), inUse(tree)])).toEqual([
      ['standby', 'open closed', 'ai-spm-secrets ai_spm_a'],
      ['prepared', 'open open', 'ai-spm-secrets ai_spm_a'],
      ['switched', 'open open', 'ai-spm-database-2 ai_spm_b'],
      ['closing', 'locked open', 'ai-spm-database-2 ai_spm_b'],
      ['standby', 'closed open', 'ai-spm-database-2 ai_spm_b'],
    ]);
    expect(trees.map((tree) => hasUrl(tree, 'ai-spm-secrets'))).toEqual([true, true, true, true, false]);
    expect(trees.map((tree) => hasUrl(tree, 'ai-spm-database-2'))).toEqual([false, true, true, true, true]);
  });

  it('the next rotation takes the other role again, and leaves no file of the last one', async () => {
    let tree = trees[4] as SourceTree;
    for (let step = 0; step < 4; step++) tree = await stepped(tree, database);

    expect([phase(tree), roles(tree), inUse(tree)]).toEqual(['standby', 'open closed', 'ai-spm-database-3 ai_spm_a']);
    expect(read(tree, 'ai-spm-database-2')).toBeUndefined();
  });

  it.each([1, 2, 3])('goes back from phase %i to the very files that it began with', async (index) => {
    let tree = trees[index] as SourceTree;
    for (let step = 0; step < index; step++) tree = await stepped(tree, database, { direction: 'back' });

    expect(tree.list(`clusters/${CLUSTER}`).filter((path) => first.kind(path) === 'missing')).toEqual([
      `clusters/${CLUSTER}/rotation.yaml`,
    ]);
    expect(readRotationFile(tree, CLUSTER)).toEqual({ ...readRotationFile(first, CLUSTER), highest: 2 });
    for (const path of first.list(`clusters/${CLUSTER}`)) expect(tree.read(path)).toBe(first.read(path));
  });

  it.each([0, 1, 2, 3])('in an emergency one new password is alone at once, from phase %i on', async (index) => {
    const tree = await stepped(trees[index] as SourceTree, database, { emergency: true });

    const [secret = '', role] = inUse(tree).split(' ');
    expect([phase(tree), roles(tree)]).toEqual(['standby', role === 'ai_spm_a' ? 'open closed' : 'closed open']);
    expect(read(tree, secret)).not.toBe(read(trees[index] as SourceTree, secret));
    const others = ['ai-spm-secrets', 'ai-spm-database-2', 'ai-spm-database-3'].filter((name) => name !== secret);
    expect(others.map((name) => hasUrl(tree, name))).toEqual([false, false]);
  });

  it('every service takes the Secret in use, the database none', () => {
    const kustomization = (tree: SourceTree) => tree.read(`clusters/${CLUSTER}/kustomization.yaml`) ?? '';
    expect(kustomization(trees[1] as SourceTree)).not.toContain('secretKeyRef');
    const { patches } = parseAllDocuments(kustomization(trees[2] as SourceTree))[0]?.toJS() ?? {};
    const patched = patches
      .filter(({ patch }: { patch: string }) => patch.includes('ai-spm-database-2'))
      .map(({ target }: { target: { kind: string; name: string } }) => `${target.kind}/${target.name}`);
    expect(patched).toEqual(
      ['ai-scanner', 'api-gateway', 'compliance-engine', 'data-integrity', 'wiz-integration'].map(
        (name) => `Deployment/${name}`,
      ),
    );
  });

  it('says so when the files are in no phase', () => {
    const path = `clusters/${CLUSTER}/secrets/database-roles.yaml`;
    const edited = overlayTree(trees[2] as SourceTree, new Map([[path, first.read(path)]]));

    expect(() => phase(edited)).toThrow('are in no phase of a rotation');
  });
});

describe('the gates of database', () => {
  const role = (name: string, canLogin: boolean, hasPassword: boolean, sessions = 0) => ({
    ...{ name, canLogin, hasPassword, sessions },
  });
  const a = role('ai_spm_a', true, true, 9);
  const taking = (name: string, secret: string, settled = true): WorkloadFacts => ({
    ...{ namespace: 'ai-spm', name, kind: 'Deployment', settled },
    secrets: [`${secret}/database-url as DATABASE_URL`],
  });

  interface World {
    databaseRoles?: DatabaseRoleFacts[];
    workloads?: WorkloadFacts[];
    /** The files whose Secrets the cluster has. */
    synced?: SourceTree;
  }

  function closed(index: number, direction: 'forward' | 'back', { databaseRoles, workloads, synced }: World): string {
    const [tree, unreadable] = [trees[index] as SourceTree, { unreadable: 'no access' }];
    const sealedSecrets = ['database-roles', 'ai-spm-secrets', 'ai-spm-database-2'].flatMap((name) => {
      const text = synced && read(synced, name);
      const ciphertext = text && ciphertextDigest(readSealedSecret(text));
      return ciphertext ? [{ namespace: 'ai-spm', name, opened: true, ciphertext }] : [];
    });
    const facts = {
      cluster: CLUSTER,
      databaseRoles: databaseRoles ? { value: databaseRoles } : unreadable,
      workloads: workloads ? { value: workloads } : unreadable,
      sealedSecrets: synced ? { value: sealedSecrets } : unreadable,
    } as ClusterFacts;
    const gates = database.phases[index]?.[direction]?.gates ?? [];
    return gates.flatMap(({ check }) => check([facts], { tree, cluster: CLUSTER, now: new Date() })).join('; ');
  }

  it.each<[number, 'forward' | 'back', () => World]>([
    [0, 'forward', () => ({ databaseRoles: [a, role('ai_spm_b', false, false)], synced: first })],
    [1, 'forward', () => ({ databaseRoles: [a, role('ai_spm_b', true, true)], synced: trees[1] as SourceTree })],
    [
      1,
      'back',
      () => ({ databaseRoles: [a, role('ai_spm_b', true, true)], workloads: [taking('web', 'ai-spm-secrets')] }),
    ],
    [
      2,
      'forward',
      () => ({ databaseRoles: [role('ai_spm_a', true, true)], workloads: [taking('web', 'ai-spm-database-2')] }),
    ],
    [2, 'back', () => ({ databaseRoles: [a], synced: trees[2] as SourceTree })],
    [
      3,
      'forward',
      () => ({ databaseRoles: [role('ai_spm_a', false, true)], workloads: [taking('web', 'ai-spm-database-2')] }),
    ],
    [3, 'back', () => ({})],
  ])('from phase %i %s: open', (index, direction, world) => {
    expect(closed(index, direction, world())).toBe('');
    // Whatever they look at, they are closed where nobody could look.
    if (direction === 'forward' || index < 3) expect(closed(index, direction, {})).toContain('cannot be read');
  });

  const B = role('ai_spm_b', true, true);
  it.each<[string, number, 'forward' | 'back', () => World, string]>([
    [
      'the last password is still there',
      0,
      'forward',
      () => ({ databaseRoles: [role('ai_spm_b', false, true)] }),
      'role ai_spm_b still has a password',
    ],
    [
      'a password that was taken back is still on its way',
      0,
      'forward',
      () => ({ databaseRoles: [a, role('ai_spm_b', false, false)], synced: trees[1] as SourceTree }),
      'ai-spm/database-roles is not the version of git',
    ],
    [
      'a lock that was taken back is still on its way, which no ciphertext shows',
      2,
      'back',
      () => ({ databaseRoles: [a], synced: trees[3] as SourceTree }),
      'ai-spm/database-roles is not the version of git',
    ],
    [
      'the role is not open yet',
      1,
      'forward',
      () => ({ databaseRoles: [role('ai_spm_b', false, false)], synced: trees[1] as SourceTree }),
      'role ai_spm_b may not log in yet',
    ],
    [
      'the cluster has the roles of before',
      1,
      'forward',
      () => ({ databaseRoles: [B], synced: first }),
      'ai-spm/database-roles is not the version of git',
    ],
    [
      'the new Secret is not there',
      1,
      'forward',
      () => ({ databaseRoles: [B], synced: first }),
      'ai-spm/ai-spm-database-2 is not there yet',
    ],
    [
      'a service still takes the new one',
      1,
      'back',
      () => ({ databaseRoles: [B], workloads: [taking('web', 'ai-spm-database-2')] }),
      'web takes DATABASE_URL from ai-spm-database-2',
    ],
    [
      'a service takes the old one',
      2,
      'forward',
      () => ({ databaseRoles: [role('ai_spm_a', true, true)], workloads: [taking('web', 'ai-spm-secrets')] }),
      'web takes DATABASE_URL from ai-spm-secrets',
    ],
    [
      'somebody is still in',
      2,
      'forward',
      () => ({ databaseRoles: [a], workloads: [taking('web', 'ai-spm-database-2')] }),
      'role ai_spm_a has 9 open connections',
    ],
    [
      'the old role is still locked',
      2,
      'back',
      () => ({ databaseRoles: [role('ai_spm_a', false, true)] }),
      'role ai_spm_a may not log in yet',
    ],
    [
      'it may still log in',
      3,
      'forward',
      () => ({ databaseRoles: [role('ai_spm_a', true, true)], workloads: [taking('web', 'ai-spm-database-2')] }),
      'role ai_spm_a may still log in',
    ],
    ['PostgreSQL has no such role', 2, 'back', () => ({ databaseRoles: [] }), 'role ai_spm_a is not there'],
  ])('closed when %s', (_, index, direction, world, reason) => {
    expect(closed(index, direction, world())).toContain(reason);
  });
});
