import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { database } from '../rotate/kinds/database.ts';
import { gatewayTls } from '../rotate/kinds/gateway-tls.ts';
import { meshRoot } from '../rotate/kinds/mesh-root.ts';
import { sealingKey } from '../rotate/kinds/sealing-key.ts';
import { session } from '../rotate/kinds/session.ts';
import { wiz } from '../rotate/kinds/wiz.ts';
import { type RotationTree, rotationTree, stepped } from '../rotate/testing/rotation-tree.ts';
import { createRoot } from '../secrets/certificates.ts';
import { openSourceTree, overlayTree, type SourceTree } from '../system/source-tree.ts';
import { copyOfRepository, ROOT, runCli } from '../testing/repository-copy.ts';
import { nextStep, type StepChoice } from './rotation-step.ts';

const ALL = ['prod-eu', 'prod-us'];
let first: RotationTree;
/** Both clusters trust the new root; prod-us signs under it already. */
let apart: SourceTree;
beforeAll(async () => {
  first = await rotationTree(new Date(), ALL);
  const inputs = { meshRoot: await createRoot(new Date()) };
  const trusted = await stepped(first.tree, meshRoot, { clusters: ALL, inputs });
  apart = await stepped(trusted, meshRoot, { clusters: ['prod-us'], inputs });
});

function chosen(direction: 'forward' | 'back', options: StepChoice = {}, tree = apart, kind = meshRoot) {
  const { clusters, step } = nextStep(tree, kind, direction, options);
  return `${clusters.map(({ name }) => name).join(' ')}: ${step.from.name} to ${step.to.name}`;
}

describe('the next step', () => {
  it('is taken first by the cluster that is furthest behind, the step back by the one that is furthest ahead', () => {
    expect(chosen('forward')).toBe('prod-eu: trusted to signing');
    expect(chosen('back')).toBe('prod-us: signing to trusted');
  });

  it('is taken by all that are in one phase', () => {
    expect(chosen('forward', {}, first.tree)).toBe('prod-eu prod-us: standby to trusted');
  });

  it('leaves alone the clusters whose rotation has not begun', async () => {
    const begun = await stepped(first.tree, session, { clusters: ['prod-us'] });

    expect(chosen('forward', {}, begun, session)).toBe('prod-us: accepted to signing');
    expect(chosen('back', {}, begun, session)).toBe('prod-us: accepted to standby');
  });

  it('leaves alone what a cluster has from a vault, and says so where it is named', () => {
    const record = 'clusters/prod-eu/cluster.yaml';
    const text = `${first.tree.read(record)}components: [external-secrets]\n`;
    const tree = overlayTree(first.tree, { [record]: text });

    for (const kind of [session, database, wiz, gatewayTls]) {
      expect(chosen('forward', {}, tree, kind)).toMatch(/^prod-us: /);
      expect(() => chosen('forward', { cluster: ALL }, tree, kind)).toThrow(
        `prod-eu takes what ${kind.name} replaces from a vault`,
      );
    }
    for (const kind of [meshRoot, sealingKey])
      expect(chosen('forward', { cluster: ALL }, tree, kind)).toMatch(/^prod-eu prod-us: /);
  });

  it('is that of the clusters that are named, which must be in one phase', () => {
    expect(chosen('back', { cluster: ['prod-eu'] })).toBe('prod-eu: trusted to standby');
    for (const direction of ['forward', 'back'] as const)
      expect(() => chosen(direction, { cluster: ALL })).toThrow('are in different phases');
  });

  it('is not taken in two meshes at once, unless both are named', async () => {
    const { tree } = await rotationTree(new Date(), ['prod-eu', 'prod-us', 'dev-eu']);

    expect(() => chosen('forward', {}, tree)).toThrow('dev-eu and prod-eu, prod-us are of different meshes');
    expect(chosen('forward', { cluster: ALL }, tree)).toBe('prod-eu prod-us: standby to trusted');
    expect(chosen('forward', { cluster: ['dev-eu', 'prod-us'] }, tree)).toBe('dev-eu prod-us: standby to trusted');
    expect(chosen('forward', {}, tree, session)).toBe('dev-eu prod-eu prod-us: standby to accepted');
  });

  it('in an emergency is that of all clusters, whatever phase they are in, and leads to the first one', async () => {
    const begun = await stepped(first.tree, session, { clusters: ['prod-us'] });
    const { clusters, step } = nextStep(begun, session, 'forward', { emergency: true });

    expect([clusters.map(({ name }) => name), step.to.name]).toEqual([ALL, 'standby']);
    expect(nextStep(begun, session, 'forward', { emergency: true, to: 'standby' }).clusters).toHaveLength(2);
    expect(() => chosen('forward', { emergency: true, to: 'signing' }, begun, session)).toThrow(
      'leads from any phase of session to standby, not to signing',
    );
  });

  it('is none where no cluster has such a secret, or none of those that are named', () => {
    const empty = openSourceTree(ROOT);
    const init = (cluster: string) => ({ details: { fix: expect.stringContaining(`rotate -- init ${cluster} `) } });
    for (const emergency of [false, true]) {
      const dev = () => chosen('forward', { cluster: ['dev-eu'], emergency }, apart, session);
      expect(dev).toThrow('dev-eu: there is none of what session replaces');
      expect(dev).toThrow(expect.objectContaining(init('dev-eu')));
      const none = () => chosen('forward', { emergency }, empty, session);
      expect(none).toThrow('no cluster has what session replaces');
      expect(none).toThrow(expect.objectContaining(init('CLUSTER')));
    }
  });

  it('is told by `plan`, with the order', () => {
    const root = copyOfRepository();
    for (const path of apart.list('clusters')) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), apart.read(path) ?? '');
    }

    expect(runCli(root, ['rotate', 'plan', 'mesh-root']).stdout).toContain('the step back where one is furthest ahead');
    const { clusters } = JSON.parse(runCli(root, ['rotate', 'plan', 'mesh-root', '--output', 'json']).stdout);
    expect(clusters).toEqual([
      { cluster: 'prod-eu', phase: 'trusted', next: 'signing', back: 'standby' },
      { cluster: 'prod-us', phase: 'signing', next: 'reissued', back: 'trusted' },
    ]);
  });
});
