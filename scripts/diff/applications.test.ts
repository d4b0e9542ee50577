import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { noCache } from '../render/render-cache.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { edit, ROOT } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { applicationLines } from './application-lines.ts';
import { applicationChanges, clustersReached } from './applications.ts';
import { expandSide } from './expansion.ts';
import { type SharedChange, shareChanges } from './object-changes.ts';
import { rowsToExpand } from './rows-to-expand.ts';
import { openSide } from './side.ts';

type Edit = readonly [file: string, find: string, put: string];

const CLUSTERS = ['dev-eu', 'prod-ap', 'prod-eu', 'prod-us'];

/** What an edit of argocd/ does to the Applications. */
async function changesOf(...edits: readonly Edit[]) {
  const [before, after] = [[], edits].map((ofSide) => {
    const root = temporaryTree({});
    cpSync(join(ROOT, 'argocd'), join(root, 'argocd'), { recursive: true });
    for (const [file, find, put] of ofSide) edit(root, file, find, put);
    return openSide(root);
  }) as [ReturnType<typeof openSide>, ReturnType<typeof openSide>];
  const by = { tool: await realKustomize(), cache: noCache, sideOf: async () => undefined };
  const rows = rowsToExpand(before, after);
  const old = await expandSide(before, 'before', rows, by);
  const now = await expandSide(after, 'after', rows, by);
  return { changes: applicationChanges(old, now), now };
}

it('an option of a row brings its Applications, and the rows beside it are not expanded', async () => {
  const { changes, now } = await changesOf(['argocd/clusters/prod-eu.yaml', 'options: federation', 'options: federation,istio-csr']);
  expect(changes.added.map(({ name }) => name).sort()).toEqual(['prod-eu-cert-manager', 'prod-eu-istio-csr']);
  expect(changes.removed).toEqual([]);
  expect(clustersReached(changes, [], now)).toEqual(['prod-eu']);
});

it('another prefix of names in the set makes every Application anew', async () => {
  const { changes, now } = await changesOf([
    'argocd/application-set.yaml',
    'namePrefix: "{{.name}}-"',
    'namePrefix: "x-{{.name}}-"',
  ]);
  expect(changes.added.map(({ name }) => name)).toContain('x-prod-us-ai-spm');
  expect(changes.added).toHaveLength(changes.removed.length);
  expect(clustersReached(changes, [], now)).toEqual(CLUSTERS);
  expect(applicationLines(changes).length).toBeLessThan(10);
});

it('an edit of a project, or of the set, reaches the clusters of its Applications', async () => {
  const { now } = await changesOf(['argocd/projects/workloads.yaml', 'metadata:', 'metadata: # edited']);
  const edited = (kind: string, name: string): SharedChange[] =>
    shareChanges(
      new Map([['argocd', [{ kind: 'changed', ref: { apiVersion: 'argoproj.io/v1alpha1', kind, name }, fields: [] }]]]),
    );
  const none = { added: [], removed: [], changed: [] };
  expect(clustersReached(none, edited('AppProject', 'workloads'), now)).toEqual(CLUSTERS);
  expect(clustersReached(none, edited('ApplicationSet', 'clusters'), now)).toEqual(CLUSTERS);
  expect(clustersReached(none, edited('AppProject', 'installation'), now)).toEqual([]);
});

it('a set that makes nothing is a failure, not a fleet without Applications', async () => {
  const { now } = await changesOf(['argocd/application-set.yaml', '"{{.ring}}"', '"{{.rnig}}"']);
  expect(now.failures).toEqual([expect.objectContaining({ side: 'after', message: expect.stringContaining('rnig') })]);
});

it('a promotion is one line for the ring', () => {
  const one = (name: string, revision: string) => ({
    name,
    cluster: 'a',
    project: 'p',
    ring: 'rest',
    revision,
    path: 'x',
  });
  const changed = ['a', 'a-1', 'a-2', 'a-3', 'a-4'].map((name) => ({
    before: one(name, 'main'),
    after: one(name, 'f'.repeat(40)),
    fields: ['spec.source.targetRevision'],
  }));
  expect(applicationLines({ added: [], removed: [], changed })).toEqual([
    {
      mark: '~',
      text: '5 Applications (ring rest): revision main → ffffffffffff: a, a-1, a-2 and 2 more',
      targets: ['clusters/a'],
    },
  ]);
});
