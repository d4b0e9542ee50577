import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../resources/kube-object.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { parseYaml, plainValue } from '../yaml/yaml-file.ts';
import { expandSet } from './expand-set.ts';
import { comparableSet } from './testing/comparable.ts';
import { FIXTURES, fixtureSets, type Recording, recordings } from './testing/fixture-sets.ts';
import { askOracle, asWorkTree } from './testing/oracle.ts';

const HOUR_MS = 60 * 60_000;

describe("Argo CD's own code", () => {
  const folder = mkdtempSync(join(tmpdir(), 'ai-spm-mesh-oracle-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => asWorkTree(join(FIXTURES, 'repository'), join(folder, 'repository')));

  /** To record anew, for a newer Argo CD or more sets: RECORD=1 npm run test:system -- expand-set */
  it('makes of the fixtures what is recorded', { timeout: HOUR_MS }, async () => {
    const answers = await askOracle(join(folder, 'repository'), fixtureSets);
    const made: Record<string, Recording> = Object.fromEntries(
      answers.map(({ file, applications, error }) => [
        basename(file, '.yaml'),
        error === undefined ? { applications: comparableSet(applications) } : { error },
      ]),
    );
    if (process.env['RECORD'])
      writeFileSync(join(FIXTURES, 'argo-cd-answers.json'), `${JSON.stringify(made, null, 1)}\n`);
    const outcome = (all: Readonly<Record<string, Recording>>) =>
      Object.fromEntries(
        Object.entries(all).map(([name, { applications, error }]) => [name, applications ?? typeof error]),
      );
    expect(outcome(made)).toEqual(outcome(recordings()));
  });

  it('makes of the set of this repository what we make of it', { timeout: HOUR_MS }, async () => {
    const root = join(__dirname, '..', '..');
    const tree = openSourceTree(root);
    const set = tree.read('argocd/application-set.yaml') ?? '';
    const file = join(folder, 'set.yaml');
    writeFileSync(file, [set, tree.read('argocd/projects/argocd.yaml')].join('\n---\n'));
    const [answer] = await askOracle(root, [file]);
    const files = { list: () => tree.list('argocd'), read: tree.read };
    const object = parseYaml('set', set).documents.map(plainValue)[0] as KubeObject;
    const { applications } = expandSet(object, { clusters: [], repository: () => files });
    expect(applications.length).toBeGreaterThan(0);
    expect(comparableSet(applications)).toEqual(comparableSet(answer?.applications ?? []));
  });
});
