import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitRepository, type TestRepository } from '../testing/git-repository.ts';
import { type CliResult, edit, ROOT, runCli } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: demo }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: example.com/web:1.0
          env:
            - { name: MODE, value: fast }
            - { name: DB_PASSWORD, value: correct-horse-1 }
`;
const row = (name: string, ring: string, revision = 'main') =>
  `name: ${name}\npath: clusters/${name}\noverlay: prod\nring: ${ring}\nrevision: ${revision}\n`;
const cluster = (name: string) =>
  `${HEAD}resources: [../../overlays/prod]\npatches:\n  - target: { kind: Namespace }\n    patch: |-\n      - { op: add, path: /metadata/labels, value: { cluster: ${name} } }\n`;
const APPLICATION = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\n';
const SOURCE = 'repoURL: https://example.com/repository';
const ARGO = {
  'argocd/root.yaml': `${APPLICATION}metadata: { name: root }\nspec: { source: { ${SOURCE}, targetRevision: main, path: argocd } }\n`,
  'argocd/kustomization.yaml': `${HEAD}resources: [application-set.yaml]\n`,
  'argocd/application-set.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: clusters }
spec:
  goTemplate: true
  generators:
    - git: { ${SOURCE}, revision: main, files: [{ path: argocd/clusters/*.yaml }], pathParamPrefix: row }
  template:
    metadata: { name: "{{.name}}", labels: { ai-spm.io/ring: "{{.ring}}" } }
    spec:
      source:
        ${SOURCE}
        targetRevision: "{{.revision}}"
        path: argocd/cluster
        kustomize: { namePrefix: "{{.name}}-", commonLabels: { ai-spm.io/ring: "{{.ring}}" } }
`,
  'argocd/cluster/kustomization.yaml': `${HEAD}resources: [web.yaml]\n`,
  'argocd/cluster/web.yaml': `${APPLICATION}metadata: { name: web }\nspec: { source: { ${SOURCE} } }\n`,
};
const FILES = {
  ...ARGO,
  'base/kustomization.yaml': `${HEAD}resources: [namespace.yaml, web.yaml]\n`,
  'base/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: demo }\n',
  'base/web.yaml': DEPLOYMENT,
  'overlays/prod/kustomization.yaml': `${HEAD}resources: [../../base]\n`,
  'clusters/one/kustomization.yaml': cluster('one'),
  'clusters/two/kustomization.yaml': cluster('two'),
  'argocd/clusters/one.yaml': row('one', 'first'),
  'argocd/clusters/two.yaml': row('two', 'rest'),
};

function diff(repository: Pick<TestRepository, 'root'>, ...args: string[]): CliResult {
  return runCli(ROOT, ['diff', '--repository', repository.root, ...args]);
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about.
function json(repository: Pick<TestRepository, 'root'>, ...args: string[]): any {
  return JSON.parse(diff(repository, '--output', 'json', ...args).stdout);
}

const scaled = { 'base/web.yaml': DEPLOYMENT.replace('replicas: 2', 'replicas: 3') };

describe('diff', () => {
  it('says that nothing differs with exit code 0', () => {
    const { code, stdout } = diff(gitRepository(FILES), '--base', 'main');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Compared .*\nno difference \(\d+\.\d s\)\n$/)]);
  });

  it('shows a change of many targets once, with the field and the targets', () => {
    const repository = gitRepository(FILES);
    repository.write(scaled);
    const { code, stdout } = diff(repository, '--base', 'main');
    expect(code).toBe(1);
    expect(stdout).toContain(
      '  ~ Deployment demo/web  in clusters/one, clusters/two, overlays/prod\n      - spec.replicas: 2\n      + spec.replicas: 3\n',
    );
    expect(stdout).toContain('Blast radius: clusters one, two; rings first, rest; namespace demo\n');
    expect(stdout).toMatch(/\nreaches 2 of 2 clusters, 1 object changed \(\d+\.\d s\)\n$/);
  });

  it('leaves the work tree, the index and the branches as they are', () => {
    const repository = gitRepository(FILES);
    repository.write({ ...scaled, 'untracked.txt': 'x' });
    const state = () => [
      repository.git('status', '--porcelain'),
      repository.git('for-each-ref'),
      readFileSync(join(repository.root, '.git/index'), 'base64'),
    ];
    const before = state();
    expect(diff(repository, '--base', 'main').code).toBe(1);
    expect(state()).toEqual(before);
  });

  it('is about the change alone, not about what was merged to the base since', () => {
    const repository = gitRepository(FILES);
    repository.git('checkout', '--quiet', '-b', 'change');
    const head = repository.commit(scaled);
    repository.git('checkout', '--quiet', 'main');
    repository.commit({ 'base/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: other }\n' });
    const { objects } = json(repository, '--base', 'main', '--head', head);
    expect(objects.map(({ resource }: { resource: { kind: string } }) => resource.kind)).toEqual(['Deployment']);
  });

  it('lists clusters that come and go, with their Applications', () => {
    const repository = gitRepository(FILES);
    repository.write({ 'clusters/two/kustomization.yaml': undefined, 'argocd/clusters/two.yaml': undefined });
    repository.write({
      'clusters/new/kustomization.yaml': cluster('new'),
      'argocd/clusters/new.yaml': row('new', 'rest'),
    });
    const { targets, applications, dangers, objects } = json(repository, '--base', 'main');
    expect(targets).toEqual({
      added: [{ name: 'clusters/new', objects: 2 }],
      removed: [{ name: 'clusters/two', objects: 2 }],
    });
    expect([applications.added[0].name, applications.removed[0].name]).toEqual(['new', 'two']);
    expect(dangers[0].message).toContain('clusters/two is removed');
    expect(objects).toEqual([]);
  });

  it('shows what a cluster gets before its mesh starts', () => {
    const namespace = (level: string) =>
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: istio-system, labels: { pod-security.kubernetes.io/enforce: ${level} } }\n`;
    const repository = gitRepository({
      ...FILES,
      'clusters/two/platform/kustomization.yaml': `${HEAD}resources: [namespace.yaml]\n`,
      'clusters/two/platform/namespace.yaml': namespace('restricted'),
    });
    repository.write({ 'clusters/two/platform/namespace.yaml': namespace('privileged') });
    const { objects, dangers, radius } = json(repository, '--base', 'main');
    expect(objects).toEqual([expect.objectContaining({ change: 'changed', targets: ['clusters/two'] })]);
    expect(dangers).toEqual([expect.objectContaining({ kind: 'opens' })]);
    expect(radius.clusters).toEqual(['two']);
  });

  it('does not count clusters whose ring is held, until the ring moves', () => {
    const repository = gitRepository(FILES);
    const held = repository.git('rev-parse', 'HEAD');
    repository.commit({ 'argocd/clusters/two.yaml': row('two', 'rest', held) });
    const next = repository.commit(scaled);
    const merged = json(repository, '--base', `${next}^`, '--head', next);
    expect(merged.radius.clusters).toEqual(['one']);
    expect(merged.waiting).toEqual([{ ring: 'rest', revision: held, clusters: ['two'] }]);
    repository.write({ 'argocd/clusters/two.yaml': row('two', 'rest', next) });
    const moved = json(repository, '--base', 'main');
    expect(moved.objects).toEqual([expect.objectContaining({ targets: ['clusters/two'], change: 'changed' })]);
    expect(moved.applications.changed.map(({ after }: { after: { name: string } }) => after.name)).toEqual(['two']);
    const short = [held, next].map((commit) => commit.slice(0, 12));
    expect(diff(repository, '--base', 'main').stdout).toContain(
      `~ two (ring rest): revision ${short[0]} → ${short[1]}  in clusters/two\n`,
    );
  });

  it('never shows a secret, in any format, and says that it differs', () => {
    const repository = gitRepository({
      ...FILES,
      'base/kustomization.yaml': `${HEAD}resources: [namespace.yaml, web.yaml, secret.yaml]\n`,
      'base/secret.yaml': secret('aHVudGVyMTExMQ=='),
    });
    repository.write({
      'base/web.yaml': DEPLOYMENT.replace('correct-horse-1', 'correct-horse-2'),
      'base/secret.yaml': secret('aHVudGVyMjIyMg=='),
    });
    for (const format of ['pretty', 'json', 'markdown', 'html']) {
      const { stdout } = diff(repository, '--base', 'main', '--output', format);
      expect(stdout).toContain('another value');
      expect(stdout).toContain('DB_PASSWORD');
      for (const value of ['correct-horse', 'aHVudGVy']) expect(stdout, format).not.toContain(value);
    }
  });

  it('shows a change that does not build as such, beside what does', () => {
    const repository = gitRepository({
      ...FILES,
      'overlays/dev/kustomization.yaml': `${HEAD}resources: [../../base]\nnameSuffix: -dev\n`,
    });
    repository.write({
      ...scaled,
      'clusters/two/kustomization.yaml': `${HEAD}resources: [https://example.com/evil]\n`,
    });
    const { code, stdout } = diff(repository, '--base', 'main');
    expect(code).toBe(2);
    expect(stdout).toContain(
      '? after the change: clusters/two/kustomization.yaml: `https://example.com/evil` is fetched',
    );
    expect(stdout).toContain('~ Deployment demo/web-dev  in overlays/dev');
    repository.commit();
    repository.write({ 'clusters/two/kustomization.yaml': cluster('two') });
    expect(diff(repository, '--base', 'main')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('? before the change'),
    });
  });

  it('compares what git holds, whatever attributes or links the change brings', () => {
    const outside = temporaryTree({ 'web.yaml': 'kind: stolen\n' });
    const repository = gitRepository(FILES);
    repository.write({
      '.gitattributes': 'base/web.yaml export-ignore\n* filter=lfs ident\n',
      ...scaled,
      'base/namespace.yaml': undefined,
    });
    symlinkSync(join(outside, 'web.yaml'), join(repository.root, 'base/namespace.yaml'));
    const head = repository.commit();
    const { code, stdout } = diff(repository, '--base', `${head}^`, '--head', head);
    expect([code, stdout]).toEqual([2, expect.stringContaining('lies outside the repository')]);
    expect(stdout).not.toContain('stolen');
  });

  it('stays within a comment of GitHub, with the most important first', () => {
    const maps = (value: string) =>
      Array.from(
        { length: 900 },
        (_, at) =>
          `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map-${at}, namespace: demo }\ndata: { key: "${value}-${'x'.repeat(80)}" }\n`,
      ).join('---\n');
    const files = {
      ...FILES,
      'base/kustomization.yaml': `${HEAD}resources: [namespace.yaml, web.yaml, maps.yaml]\n`,
      'base/maps.yaml': maps('a'),
    };
    const repository = gitRepository(files);
    repository.write({
      'base/maps.yaml': maps('b'),
      'clusters/two/kustomization.yaml': undefined,
      'argocd/clusters/two.yaml': undefined,
    });
    const { stdout } = diff(repository, '--base', 'main', '--output', 'markdown');
    expect(stdout.length).toBeLessThanOrEqual(65_536);
    expect(stdout.length).toBeGreaterThan(50_000);
    expect(stdout.indexOf('clusters/two is removed')).toBeLessThan(2_000);
    expect(stdout).toMatch(/\*\*\d+ further lines not shown/);
  });

  it('writes to a file when asked', () => {
    const repository = gitRepository(FILES);
    repository.write(scaled);
    const file = join(temporaryTree({}), 'diff.html');
    expect(diff(repository, '--base', 'main', '--output', 'html', '--output-file', file)).toMatchObject({
      code: 1,
      stdout: '',
    });
    expect(readFileSync(file, 'utf8')).toContain('spec.replicas');
  });
});

describe('diff refuses', () => {
  it.each(['no-such-branch', '--help', '-x', 'HEAD:base', ''])('the revision %j', (base) => {
    const { code, stdout, stderr } = diff(gitRepository(FILES), `--base=${base}`);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`git does not know the revision \`${base}\``);
  });

  it('a shallow clone that lacks the base, and says how to get it', () => {
    const repository = gitRepository(FILES);
    const first = repository.git('rev-parse', 'HEAD');
    repository.commit(scaled);
    const root = join(temporaryTree({}), 'clone');
    spawnSync('git', ['clone', '--quiet', '--depth', '1', `file://${repository.root}`, root]);
    const { code, stderr } = diff({ root }, '--base', first);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/shallow[\s\S]*--unshallow[\s\S]*fetch-depth: 0/)]);
  });

  it('histories without a common commit, and a folder that is no repository', () => {
    const repository = gitRepository(FILES);
    repository.git('checkout', '--quiet', '--orphan', 'other');
    repository.commit(scaled);
    expect(diff(repository, '--base', 'main')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no commit in common'),
    });
    const root = temporaryTree(FILES);
    expect(diff({ root }, '--base', 'main')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not in a git repository'),
    });
  });
});

describe('clusters that share the difference of their overlay', () => {
  type Edit = readonly [file: string, find: string, put: string];
  const PASSED_ON: readonly Edit[] = [
    ['base/mesh/peer-authentication.yaml', 'STRICT', 'PERMISSIVE'],
    ['base/ai-scanner/authorization-policy.yaml', '"/scan/*"', '"/*"'],
    ['base/kustomization.yaml', 'newTag: "1.0.0"', 'newTag: "1.1.0"'],
    ['base/mesh/kustomization.yaml', '  - telemetry.yaml\n', ''],
  ];
  const PATCHED: readonly Edit[] = [
    ['base/ai-scanner/persistent-volume-claim.yaml', '50Gi', '60Gi'],
    ['base/mesh/gateway.yaml', 'protocol: HTTPS', 'protocol: TLS'],
  ];

  it.each([
    ['what they pass on as it is', PASSED_ON],
    ['what they patch', PATCHED],
  ])('show what kustomize builds: %s', (_, edits) => {
    const root = temporaryTree({});
    for (const name of ['base', 'overlays', 'clusters', 'argocd'])
      cpSync(join(ROOT, name), join(root, name), { recursive: true });
    const repository = gitRepository({}, root);
    for (const one of edits) edit(root, ...one);
    const quick = json(repository, '--base', 'main');
    repository.git('checkout', '--quiet', '.');
    // Without the header of a generated file nothing is shared, and every cluster is built.
    for (const name of readdirSync(join(root, 'clusters'))) {
      const path = join(root, 'clusters', name, 'kustomization.yaml');
      writeFileSync(path, readFileSync(path, 'utf8').replace(/^#.*\n/, ''));
    }
    repository.commit();
    for (const one of edits) edit(root, ...one);
    const full = json(repository, '--base', 'main');
    expect(quick.objects.length).toBeGreaterThan(0);
    for (const part of ['objects', 'access', 'images', 'dangers', 'radius']) expect(quick[part]).toEqual(full[part]);
  });

  it('fail with their overlay, which alone is built', () => {
    const root = temporaryTree({});
    for (const name of ['base', 'overlays', 'clusters', 'argocd'])
      cpSync(join(ROOT, name), join(root, name), { recursive: true });
    const repository = gitRepository({}, root);
    edit(root, 'overlays/dev/telemetry.yaml', 'op: ', 'op: no-');
    const { failures } = json(repository, '--base', 'main');
    const [overlay, ...more] = failures.filter(({ target }: { target: string }) => /dev/.test(target));
    expect(overlay).toMatchObject({ target: 'overlays/dev', side: 'after' });
    expect(more).toEqual([{ ...overlay, target: 'clusters/dev-eu' }]);
  });
});

function secret(value: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: { name: keys, namespace: demo }\ndata: { key: ${value} }\n`;
}
