import { expect, it } from 'vitest';
import { loadRecords } from '../records/load-records.ts';
import { recordTree } from '../rules/gen/example-tree.ts';
import { generatedRule } from '../rules/gen/generated.ts';
import { readRepository } from '../sources/repository.ts';
import { openSourceTree, overlayTree, type SourceTree } from '../system/source-tree.ts';
import { gitRepository, type TestRepository } from '../testing/git-repository.ts';
import { planGeneration } from './plan.ts';

const RECORD = 'clusters/demo/cluster.yaml';
const RINGS = 'argocd/rings.yaml';
const rings = (revision: string) => `rings:\n  - { name: dev, revision: "${revision}" }\n`;
const recordOf = (network: string, more = '') =>
  `name: demo
overlay: dev
ring: dev
region: eu-1
network: ${network}
host: demo.example.com
storage:
  class: block
  sharedClass: file
${more}`;

/** A cluster with a record of network a, and then with one of network b in which it also has another authority. */
function twoCommits(): { repository: TestRepository; old: string; now: string } {
  const repository = gitRepository(recordTree(recordOf('a')));
  const old = repository.git('rev-parse', 'HEAD');
  return { repository, old, now: repository.commit({ [RECORD]: recordOf('b', 'platform: [istio-csr]\n') }) };
}

function rowOf(tree: SourceTree): string | undefined {
  const { writes } = planGeneration(tree, loadRecords(tree));
  return writes.get('argocd/clusters/demo.yaml');
}

function heldAt({ root }: TestRepository, revision: string): SourceTree {
  return overlayTree(openSourceTree(root), { [RINGS]: rings(revision) });
}

it('makes the row of a held cluster from its record at the commit of the ring, and of an open one from the record here', () => {
  const { repository, old, now } = twoCommits();
  expect(rowOf(heldAt(repository, old))).toMatch(/^network: a # .*\noptions: none # /m);
  for (const revision of ['main', now])
    expect(rowOf(heldAt(repository, revision))).toMatch(/^network: b # .*\noptions: istio-csr # from platform$/m);
});

it('takes the folder of a held cluster from the record here: it comes with the promotion', () => {
  const { repository, old } = twoCommits();
  const tree = heldAt(repository, old);
  expect(planGeneration(tree, loadRecords(tree)).writes.get('clusters/demo/cluster-info.yaml')).toContain('network: b');
});

it('takes the record here for a cluster that the commit does not have yet', () => {
  const { repository } = twoCommits();
  repository.commit({ [RECORD]: undefined });
  const without = repository.git('rev-parse', 'HEAD');
  repository.write({ [RECORD]: recordOf('c') });
  expect(rowOf(heldAt(repository, without))).toMatch(/^network: c # /m);
});

it('reads a record that was right by another schema, in every ring that is held', () => {
  const { repository } = twoCommits();
  const old = repository.commit({
    [RECORD]: recordOf('a', 'zone: 1\nplatform: [gone-since]\n').replace(/storage:[\s\S]*sharedClass: file\n/, ''),
  });
  const second = 'clusters/second/cluster.yaml';
  const older = repository.commit({ [second]: 'name: second\noverlay: dev\nregion: eu-1\nnetwork: z\nhost: 7\n' });
  repository.write({
    [RECORD]: recordOf('b'),
    [second]: recordOf('y').replace('demo', 'second').replace('demo.', 'second.').replace('ring: dev', 'ring: last'),
  });
  const both = `${rings(old)}  - { name: last, revision: "${older}" }\n`;
  const tree = overlayTree(openSourceTree(repository.root), { [RINGS]: both });
  const { writes } = planGeneration(tree, loadRecords(tree));
  expect(writes.get('argocd/clusters/demo.yaml')).toMatch(/^network: a # .*\noptions: gone-since # from platform$/m);
  expect(writes.get('argocd/clusters/second.yaml')).toMatch(/^network: z # /m);
});

it('says how to get a commit that is not in this clone, and what to do where it has no record that can be read', () => {
  const { repository } = twoCommits();
  const errorAt = (revision: string) => {
    try {
      return rowOf(heldAt(repository, revision));
    } catch (error) {
      return error;
    }
  };
  expect(errorAt('f'.repeat(40))).toMatchObject({
    what: 'this clone has no commit ffffffffffff, where ring dev is held',
    details: { source: { line: 2, column: 29 }, fix: expect.stringContaining(`git fetch origin ${'f'.repeat(40)}`) },
  });
  const broken = repository.commit({ [RECORD]: recordOf('a').replace('region: eu-1\n', '') });
  repository.write({ [RECORD]: recordOf('b') });
  expect(errorAt(broken)).toMatchObject({
    what: expect.stringMatching(/^clusters\/demo\/cluster.yaml at .*where ring dev is held.*`region`/),
    details: { source: { file: RINGS, line: 2, column: 29 }, fix: expect.stringContaining(RINGS) },
  });
  // Its overlay must be there: where a record is wrong here, that is told first.
  const tree = overlayTree(heldAt(repository, broken), { 'overlays/dev/kustomization.yaml': 'resources: []\n' });
  const found = [
    ...generatedRule.check({
      repository: readRepository(tree),
      objectsOf: () => undefined,
      failureOf: () => undefined,
    }),
  ];
  expect(found.map(({ code, source }) => [code.code, source.file, source.line])).toEqual([['GEN001', RINGS, 2]]);
});
