import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishCommit } from '../git/commit-files.ts';
import { openGit } from '../git/git.ts';
import { createRoot, createSealingKey, type KeyPair, requestedKey } from '../secrets/certificates.ts';
import { readSealedSecret } from '../secrets/sealed-secret.ts';
import { sign } from '../secrets/testing/outside-authority.ts';
import { unseal } from '../secrets/testing/unseal.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';
import { gitRepository, type TestRepository } from '../testing/git-repository.ts';
import { type Direction, legalStep, phaseOf } from './engine.ts';
import { KINDS } from './kinds/kinds.ts';
import { MANAGEMENT_CERTIFICATE, registrationPath } from './registration.ts';
import type { RotationKind, StepInputs } from './rotation.ts';
import { readRotationFile } from './rotation-file.ts';
import { sealedFiles } from './sealed-files.ts';
import { takeStep } from './take-step.ts';
import { killedAt } from './testing/crash.ts';
import { liveTokens } from './testing/live-tokens.ts';
import { rotationTree } from './testing/rotation-tree.ts';

const CLUSTERS = ['prod-eu', 'prod-us'];
const now = new Date();
let repository: TestRepository;
/** The one of now, and the next one. */
let sealingKeys: KeyPair[];
let rootA: KeyPair;
let rootB: KeyPair;
/** Temporary folders of the steps, so that what they leave can be searched. */
const scratch = mkdtempSync(join(tmpdir(), 'ai-spm-mesh-test-'));

beforeAll(async () => {
  const first = await rotationTree(now, CLUSTERS);
  [sealingKeys, rootA, rootB] = [
    [first.sealingKey, await createSealingKey(now)],
    first.meshRoot,
    await createRoot(now),
  ];
  const paths = ['base', 'overlays', 'clusters', 'argocd'].flatMap((folder) => first.tree.list(folder));
  const files = Object.fromEntries(paths.map((path) => [path, first.tree.read(path) ?? '']));
  // Argo CD runs in a cluster of its own; that it has the same key changes nothing here.
  files[MANAGEMENT_CERTIFICATE] = first.sealingKey.certificate;
  mkdirSync(join(scratch, 'repository'));
  repository = gitRepository(files, join(scratch, 'repository'));
  for (const [key, value] of [
    ['user.name', 'a'],
    ['user.email', 'a@example.com'],
    ['gc.auto', '0'],
  ] as const)
    repository.git('config', key, value);
  process.env['TMPDIR'] = scratch;
}, 60_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Each step begins at another point; `CRASH_EVERY=1` takes all of them, in half an hour. */
const EVERY = Number(process.env['CRASH_EVERY'] ?? 15);

interface StepOf {
  direction: Direction;
  inputs?: (tree: SourceTree) => Promise<StepInputs>;
  emergency?: boolean;
  clusters?: readonly string[];
}

/** With the root: one that no browser knows must stand in the chain. */
const answer = (secret: string, authority: () => KeyPair, isAuthority: boolean) => async (tree: SourceTree) => {
  const request = tree.read(`clusters/prod-eu/${secret}.csr`) ?? '';
  return { chain: (await sign(request, authority(), now, { isAuthority })) + authority().certificate };
};
const root = (of: () => KeyPair) => async () => ({ meshRoot: of() });
const credentials = (id: string) => async () => ({
  values: { 'wiz-client-id': id, 'wiz-client-secret': `${id}-secret-of-wiz` },
});
/** What a cluster with a newer key would give: the values as they are, and the certificate of that key. */
const live = async (tree: SourceTree): Promise<StepInputs> => {
  const values = sealedFiles(tree, 'prod-eu').map(({ file, sealed }) => [
    `${sealed.namespace}/${sealed.name}`,
    opened(tree.read(file) ?? ''),
  ]);
  const sealingCertificate = sealingKeys[1]?.certificate ?? '';
  return { live: { 'prod-eu': { sealingCertificate, secrets: Object.fromEntries(values) } } };
};
/** What the clusters have made of the token Secrets. */
const tokens = async (tree: SourceTree) => liveTokens(tree, CLUSTERS, rootA.certificate);
const [forward, back] = [{ direction: 'forward' as const }, { direction: 'back' as const }];
const one = { clusters: ['prod-eu'] };

/** The first tokens, then the next ones, with a way back from each phase. */
const TOKEN_WALK: StepOf[] = [
  forward,
  back,
  forward,
  { ...forward, inputs: tokens },
  { ...back, inputs: tokens },
  { ...forward, inputs: tokens },
  forward,
  forward,
  { ...forward, inputs: tokens },
  { ...back, inputs: tokens },
  { ...forward, inputs: tokens },
  forward,
];

/** A walk through every step of a kind, forward and back; each step is killed at each of its points. */
const WALKS: Record<string, StepOf[]> = {
  session: [forward, back, forward, forward, back, forward, forward, { ...forward, emergency: true }],
  // Back from each phase, then through, then the step without overlap.
  database: [
    forward,
    back,
    forward,
    forward,
    back,
    forward,
    forward,
    back,
    forward,
    forward,
    { ...forward, emergency: true },
  ],
  wiz: [
    { ...forward, inputs: credentials('first-client-id') },
    back,
    { ...forward, inputs: credentials('first-client-id') },
    forward,
    back,
    forward,
    forward,
    { ...forward, inputs: credentials('second-client-id'), emergency: true },
  ],
  'sealing-key': [
    { ...forward, ...one, inputs: live },
    { ...back, ...one, inputs: live },
    { ...forward, ...one, inputs: live },
    { ...forward, ...one },
  ],
  'remote-secret': TOKEN_WALK,
  'argocd-cluster': TOKEN_WALK,
  'gateway-tls': [
    { ...forward, ...one },
    { ...back, ...one },
    { ...forward, ...one },
    { ...forward, ...one, inputs: answer('ai-spm-tls', () => rootA, false) },
    { ...back, ...one },
    { ...forward, ...one, inputs: answer('ai-spm-tls', () => rootA, false) },
    { ...forward, ...one },
  ],
  'mesh-intermediate': [
    { ...forward, ...one },
    { ...back, ...one },
    { ...forward, ...one },
    { ...forward, ...one, inputs: answer('cacerts', () => rootA, true) },
    { ...back, ...one },
    { ...forward, ...one, inputs: answer('cacerts', () => rootA, true) },
    { ...forward, ...one },
  ],
  'mesh-root': [
    { ...forward, inputs: root(() => rootB) },
    back,
    { ...forward, inputs: root(() => rootB) },
    { ...forward, inputs: root(() => rootB) },
    { ...back, inputs: root(() => rootA) },
    { ...forward, inputs: root(() => rootB) },
    forward,
  ],
};

it('has a walk for every kind', () => {
  expect(Object.keys(WALKS).sort()).toEqual(KINDS.map(({ name }) => name).sort());
});

describe.each(KINDS.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
  it('killed anywhere, it resumes to the same end, loses nothing and leaves nothing in the clear', async () => {
    let points = 0;
    const spawned: string[] = [];
    for (const [index, step] of (WALKS[name] ?? []).entries()) {
      const start = repository.git('rev-parse', 'HEAD');
      const before = secrets();
      await take(kind, step);
      const wanted = summary();
      const after = repository.git('rev-parse', 'HEAD');
      for (let point = index % EVERY; ; point += EVERY) {
        repository.git('reset', '--quiet', '--hard', start);
        const killed = await killedAt(point, () => take(kind, step));
        spawned.push(...killed.spawned);
        if (killed.result !== undefined) break;
        points++;
        await resume(kind, step, start);
        expect(summary(), `${name}, ${step.direction}, killed at ${point}`).toEqual(wanted);
        expect(repository.git('status', '--porcelain'), `killed at ${point}`).toBe('');
        expectPairs();
        for (const [place, value] of secrets()) {
          // What a step did not make anew is what it was.
          const old = before.get(place);
          if (old && !madeAnew(kind, place)) expect(value.equals(old), place).toBe(true);
        }
      }
      repository.git('reset', '--quiet', '--hard', after);
    }
    expect(points * EVERY).toBeGreaterThan(50);
    process.stderr.write(`${name}: killed at ${points} points\n`);
    expectNothingInTheClear(spawned);
  }, 900_000);
});

async function take(kind: RotationKind, { direction, inputs, emergency = false, clusters = CLUSTERS }: StepOf) {
  const tree = openSourceTree(repository.root);
  const from = phaseOf(kind, tree, clusters[0] ?? '');
  if (!from) throw new Error('no phase');
  const legal = legalStep(kind, from, direction);
  const step = emergency ? { ...legal, to: kind.phases[0] } : legal;
  const given = (await inputs?.(tree)) ?? {};
  return takeStep(repository.root, { kind, step, clusters, inputs: given, emergency, dryRun: false });
}

/** What a person does: the same command again, which goes on where the files say. */
async function resume(kind: RotationKind, step: StepOf, start: string): Promise<void> {
  // The process that held the lock is this one, which goes on: one that has ended stands for it.
  const lock = join(repository.root, '.git/ai-spm-rotate.lock');
  if (existsSync(lock)) writeFileSync(lock, `${spawnSync('true').pid}`);
  await finishCommit(await openGit(repository.root));
  if (repository.git('rev-parse', 'HEAD') === start) await take(kind, step);
}

/** The trust set and the consumer set: who takes what from where, which values there are, and what is trusted, byte by byte. */
function summary() {
  const tree = openSourceTree(repository.root);
  return CLUSTERS.map((cluster) => ({
    argocd: [...tree.list('argocd'), tree.read('argocd/kustomization.yaml')],
    registered: openPartOf(tree.read(registrationPath(cluster))),
    inUse: readRotationFile(tree, cluster).inUse,
    kustomization: tree.read(`clusters/${cluster}/kustomization.yaml`),
    files: tree.list(`clusters/${cluster}`),
    phases: KINDS.map((kind) => phaseOf(kind, tree, cluster)?.name),
    sealed: sealedFiles(tree, cluster).map(({ file, sealed }) => ({
      file,
      keys: Object.keys(sealed.encryptedData),
      trusted: sealed.open['root-cert.pem'],
      names: Object.values(sealed.open).map((text) =>
        text.includes('CERTIFICATE') ? new X509Certificate(text).subject : text,
      ),
    })),
  }));
}

function openPartOf(text: string | undefined) {
  if (text === undefined) return undefined;
  const { encryptedData, ...others } = readSealedSecret(text);
  return { ...others, keys: Object.keys(encryptedData) };
}

/** Every value that is sealed, by where it is. */
function secrets(): Map<string, Buffer> {
  const tree = openSourceTree(repository.root);
  const files = CLUSTERS.flatMap((cluster) => sealedFiles(tree, cluster)).map(({ file }) => file);
  const registered = CLUSTERS.map(registrationPath).filter((file) => tree.kind(file) === 'file');
  return new Map(
    [...files, ...registered].flatMap((file) =>
      Object.entries(opened(tree.read(file) ?? '')).map(([key, value]) => [`${file} ${key}`, value] as const),
    ),
  );
}

/** As the controller does: it tries every key that it has. */
function opened(text: string): Record<string, Buffer> {
  const [first, second] = sealingKeys;
  try {
    return unseal(text, first?.key ?? '');
  } catch {
    return unseal(text, second?.key ?? '');
  }
}

/** Keys that the steps of a kind replace under the same name. */
function madeAnew(kind: RotationKind, place: string): boolean {
  const keys: Record<string, RegExp> = {
    'gateway-tls': /tls\.key$/,
    'mesh-intermediate': /ca-key\.pem$/,
    'mesh-root': /ca-key\.pem$/,
    'remote-secret': /istio-remote-secret-/,
    'argocd-cluster': /argocd\/registrations\//,
  };
  return keys[kind.name]?.test(place) ?? false;
}

/** Each private key belongs to the certificate, or the request, that stands beside it. */
function expectPairs(): void {
  const tree = openSourceTree(repository.root);
  const all = secrets();
  const isFor = (place: string, publicKey: string | Buffer | undefined) => {
    const key = all.get(place);
    if (!key || !publicKey) return;
    expect(createPublicKey(createPrivateKey(key)).equals(createPublicKey(publicKey)), place).toBe(true);
  };
  for (const cluster of CLUSTERS) {
    for (const [secret, keyName, certificate] of [
      ['cacerts', 'ca-key.pem', 'ca-cert.pem'],
      ['ai-spm-tls', 'tls.key', 'tls.crt'],
    ] as const) {
      const file = `clusters/${cluster}/platform/${secret}.yaml`;
      const sealed = sealedFiles(tree, cluster).find((found) => found.file === file)?.sealed;
      const request = tree.read(`clusters/${cluster}/${secret}.csr`);
      isFor(`${file} ${keyName}`, sealed?.open[certificate]);
      isFor(`${file} requested-${keyName}`, request && requestedKey(request));
      isFor(`${file} previous-${keyName}`, sealed?.open[`previous-${certificate}`]);
    }
  }
}

/** In no file, no object of git (those of killed steps included), no argument of a process, and nothing that a step left behind. */
function expectNothingInTheClear(spawned: readonly string[]): void {
  const values = [...secrets().values()].map((value) => value.toString('utf8').trim());
  const inside = values.flatMap((value) => /^ *token: (\S+)$/m.exec(value)?.[1] ?? []);
  const needles = [...values, ...inside, rootA.key, rootB.key]
    // The first line of a key: later ones hold its public half, as the certificate does.
    .map((value) => value.split('\n')[1] ?? value)
    .filter((value) => value.length > 15);
  expect(needles.length).toBeGreaterThan(5);
  const objects = repository.git('cat-file', '--batch-all-objects', '--batch', '--buffer');
  const files = readdirSync(scratch, { recursive: true, encoding: 'utf8' })
    .map((file) => join(scratch, file))
    .filter((file) => !file.includes('/.git/objects/') && statSync(file, { throwIfNoEntry: false })?.isFile())
    .map((file) => readFileSync(file, 'latin1'));
  for (const text of [objects, ...files, ...spawned]) {
    // A key itself: the words alone stand in sources.
    expect(/PRIVATE KEY-----\s*[A-Za-z0-9+/]{40}/.test(text)).toBe(false);
    for (const needle of needles) expect(text.includes(needle)).toBe(false);
  }
}
