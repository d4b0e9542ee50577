import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIntermediate, createRoot, createSelfSigned, type KeyPair } from '../../secrets/certificates.ts';
import { certificatesIn, fingerprintOf } from '../../secrets/pem.ts';
import { sign } from '../../secrets/testing/outside-authority.ts';
import { overlayTree, type SourceTree } from '../../system/source-tree.ts';
import { legalStep, phaseOf } from '../engine.ts';
import type { ClusterFacts, ProxyFacts } from '../facts/facts.ts';
import { gatesOf } from '../gates-of.ts';
import { readAuthority } from '../mesh-authority.ts';
import { sealedFacts } from '../model/values.ts';
import { readRotationFile } from '../rotation-file.ts';
import { rotationTree, stepped } from '../testing/rotation-tree.ts';
import { meshIntermediate } from './mesh-intermediate.ts';
import { meshRoot } from './mesh-root.ts';

const CLUSTERS = ['prod-eu', 'prod-us'];
const CACERTS = 'clusters/prod-us/platform/cacerts.yaml';
const now = new Date();
/** Certificates of another second. */
const later = new Date(now.getTime() + 60_000);
const NEW = { certificate: '', key: '' };
let [rootA, rootB]: [KeyPair, KeyPair] = [NEW, NEW];
let phases: Record<'standby' | 'trusted' | 'signing' | 'reissued' | 'done', SourceTree>;
/** Trusted, after it had signed. */
let again: SourceTree;

const bundle = (tree: SourceTree, cluster = 'prod-eu') => readAuthority(tree, cluster)?.bundle ?? '';
const phase = (tree: SourceTree, cluster = 'prod-eu') => phaseOf(meshRoot, tree, cluster)?.name;
const step = (tree: SourceTree, given: KeyPair, options = {}) =>
  stepped(tree, meshRoot, { clusters: CLUSTERS, inputs: { meshRoot: given }, now, ...options });

beforeAll(async () => {
  const first = await rotationTree(now, CLUSTERS);
  [rootA, rootB] = [first.meshRoot, await createRoot(now)];
  const trusted = await step(first.tree, rootB);
  const signing = await step(trusted, rootB);
  const reissued = await step(signing, rootB);
  again = await step(signing, rootA, { direction: 'back' });
  phases = { standby: first.tree, trusted, signing, reissued, done: await step(reissued, rootB) };
});

describe('mesh-root', () => {
  it('trusts both, then signs with the new one, makes all proxies ask, then drops the old one', () => {
    const trees = [phases.standby, phases.trusted, phases.signing, phases.reissued, phases.done];

    expect(trees.map((tree) => phase(tree))).toEqual(['standby', 'trusted', 'signing', 'reissued', 'standby']);
    expect(trees.map((tree) => bundle(tree))).toEqual([
      rootA.certificate,
      rootA.certificate + rootB.certificate,
      rootA.certificate + rootB.certificate,
      rootA.certificate + rootB.certificate + rootB.certificate,
      rootB.certificate,
    ]);
  });

  it('each bundle contains the one before or is contained in it, which istiod demands', () => {
    const sets = Object.values(phases).map((tree) => new Set(certificatesIn(bundle(tree)).map(fingerprintOf)));
    for (const [index, set] of sets.entries()) {
      const previous = sets[index - 1];
      if (previous)
        expect([...set].every((one) => previous.has(one)) || [...previous].every((one) => set.has(one))).toBe(true);
    }
  });

  it('in slow mode the bytes stay, and proxies renew by themselves', async () => {
    const slow = await step(phases.signing, rootB, { inputs: { slow: true } });

    expect(bundle(slow)).toBe(bundle(phases.signing));
    expect(phase(slow)).toBe('reissued');
    expect(phase(await step(slow, rootB, { direction: 'back' }))).toBe('signing');
    const done = await step(slow, rootB);
    expect([phase(done), bundle(done)]).toEqual(['standby', rootB.certificate]);
  });

  it('goes back from every phase; proxies that have asked ask again', async () => {
    const signing = await step(phases.reissued, rootA, { direction: 'back' });
    const trusted = await step(signing, rootA, { direction: 'back' });
    const standby = await step(trusted, rootA, { direction: 'back' });
    const [a, b] = [rootA.certificate, rootB.certificate];

    expect([signing, trusted, standby].map((tree) => [phase(tree), bundle(tree)])).toEqual([
      ['signing', a + b],
      ['trusted', a + b + b],
      ['standby', a],
    ]);
    // And forward again from there, by the same way.
    expect([phase(await step(trusted, rootB)), bundle(await step(trusted, rootB))]).toEqual(['signing', a + b]);
  });

  it('never writes a bundle in another order, whatever is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('forward', 'back'), { maxLength: 6 }), async (directions) => {
        let tree = phases.standby;
        let before = bundle(tree);
        for (const direction of directions) {
          const from = phase(tree);
          if (from === 'standby' && direction === 'back') continue;
          if (from === 'standby' && bundle(tree) !== rootA.certificate) break;
          tree = await step(tree, from === 'signing' && direction === 'back' ? rootA : rootB, { direction });
          const after = bundle(tree);
          expect(
            after.includes(before) ||
              before.includes(after) ||
              fingerprints(after).every((one) => fingerprints(before).includes(one)),
          ).toBe(true);
          // The old root, then the new one, whichever are there.
          expect([...new Set(fingerprints(after))]).toEqual(
            fingerprints(rootA.certificate + rootB.certificate).filter((one) => fingerprints(after).includes(one)),
          );
          expect(after.endsWith('\n')).toBe(true);
          before = after;
        }
      }),
      { numRuns: 8 },
    );
  });

  it.each<[string, () => Promise<KeyPair> | KeyPair, string]>([
    ['the one that is trusted', () => rootA, 'is the one that is trusted already'],
    ['an intermediate', () => createIntermediate(rootA, 'x', now), 'a new root is needed'],
    ['a certificate of a server', () => createSelfSigned('a.example.com', now), 'a new root is needed'],
    ['one that ends within a year', () => createRoot(now, 100), 'a new root is needed'],
    [
      'two certificates',
      async () => ({ key: '', certificate: rootB.certificate + rootB.certificate }),
      'a new root is needed',
    ],
  ])('refuses as a new root %s', async (_, make, message) => {
    await expect(step(phases.standby, await make())).rejects.toThrow(message);
  });

  it('refuses as a new root what is no certificate, and a key with it', async () => {
    for (const certificate of ['garbage', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', rootB.key])
      await expect(step(phases.standby, { certificate, key: '' })).rejects.toThrow(
        'the certificates that were given cannot be used',
      );
  });

  it('signs under a root whose key is elsewhere: its holder answers the request of mesh-intermediate', async () => {
    const one = { clusters: ['prod-eu'], now };
    const asked = await stepped(phases.trusted, meshIntermediate, one);
    const csr = asked.read('clusters/prod-eu/cacerts.csr') ?? '';
    const answered = async (root: KeyPair) => ({
      ...one,
      inputs: { chain: (await sign(csr, root, now, { isAuthority: true })) + root.certificate },
    });
    const signing = await stepped(asked, meshRoot, await answered(rootB));

    expect(phase(signing)).toBe('signing');
    expect(bundle(signing)).toBe(bundle(phases.signing));
    expect(phaseOf(meshIntermediate, signing, 'prod-eu')?.name).toBe('standby');
    expect(Object.keys(readRotationFile(signing, 'prod-eu').underWay)).toEqual(['mesh-root']);
    expect(signing.read('clusters/prod-eu/cacerts.csr')).toBeUndefined();
    // As an intermediate alone it would sign before anything trusts it.
    await expect(stepped(asked, meshIntermediate, await answered(rootB))).rejects.toThrow('cannot be used');
    await expect(stepped(asked, meshRoot, await answered(rootA))).rejects.toThrow('cannot be used');
    await expect(stepped(phases.trusted, meshRoot, await answered(rootB))).rejects.toThrow(
      'no request of prod-eu waits for an answer',
    );
  });

  it('does not sign while an intermediate under the old root is kept for going back', async () => {
    const one = { clusters: ['prod-eu'], now };
    const asked = await stepped(phases.trusted, meshIntermediate, one);
    const replaced = await stepped(asked, meshIntermediate, {
      ...one,
      now: later,
      inputs: { meshRoot: rootA },
    });

    await expect(stepped(replaced, meshRoot, { ...one, inputs: { meshRoot: rootB } })).rejects.toThrow(
      'mesh-intermediate is under way in prod-eu',
    );
  });

  it('refuses to sign with another root than the one that everything trusts', async () => {
    await expect(step(phases.trusted, rootA)).rejects.toThrow('the root that was given is not the new one');
    await expect(step(phases.trusted, await createRoot(now))).rejects.toThrow('not the new one');
    await expect(step(phases.trusted, rootB, { inputs: {} })).rejects.toThrow('the key of the new root is needed');
  });

  it('seals the key of the new intermediate, and writes no key in the clear', () => {
    for (const tree of Object.values(phases))
      for (const path of tree.list('clusters')) expect(tree.read(path)).not.toContain('PRIVATE KEY');
  });
});

describe('the gates of mesh-root', () => {
  const proxy = (signer: KeyPair, roots: readonly KeyPair[], pod = 'a'): Promise<ProxyFacts> =>
    createIntermediate(signer, 'x', now).then((leaf) => ({
      pod,
      namespace: 'ai-spm',
      chain: leaf.certificate + signer.certificate,
      roots: roots.map(({ certificate }) => certificate).join(''),
    }));
  const hourAgo = new Date(now.getTime() - 3_600_000);
  const openedAt = (at: Date, tree: SourceTree, cluster: string) =>
    sealedFacts(tree, cluster).map((one) => ({ ...one, openedAt: at.toISOString() }));
  /** Two clusters, alike but for what is given. */
  const world = (tree: SourceTree, proxies: Record<string, ProxyFacts[]>, change: Partial<ClusterFacts> = {}) =>
    CLUSTERS.map((cluster): ClusterFacts => {
      const signer = readAuthority(tree, cluster)?.signer;
      const end = new Date(signer?.validTo ?? 0).getTime() / 1000;
      return {
        cluster,
        collectedAt: new Date(Date.now() + 60_000).toISOString(),
        proxies: { value: proxies[cluster] ?? [] },
        istiods: { value: [{ pod: 'istiod', ready: true, signerEnd: end, rootEnd: 0 }] },
        trustMaps: { value: [{ namespace: 'ai-spm', roots: bundle(tree, cluster) }] },
        sealedSecrets: { value: openedAt(hourAgo, tree, cluster) },
        ...change,
      } as ClusterFacts;
    });
  const closed = (tree: SourceTree, facts: readonly ClusterFacts[], direction: 'forward' | 'back' = 'forward') => {
    const from = phaseOf(meshRoot, tree, 'prod-eu');
    if (!from) throw new Error('no phase');
    const all = gatesOf(tree, meshRoot, legalStep(meshRoot, from, direction), ['prod-eu'], facts, now);
    return all.flatMap(({ gates }) => gates.flatMap((gate) => gate.closed)).join('\n');
  };
  const alike = (one: ProxyFacts) => ({ 'prod-eu': [one], 'prod-us': [one] });

  it('trusted: open when every proxy of both clusters trusts both', async () => {
    expect(closed(phases.trusted, world(phases.trusted, alike(await proxy(rootA, [rootA, rootB]))))).toBe('');
  });

  it('trusted: closed for one proxy of another cluster that shares a root and lacks the new one', async () => {
    const [good, behind] = [await proxy(rootA, [rootA, rootB]), await proxy(rootA, [rootA], 'behind')];
    const facts = world(phases.trusted, { 'prod-eu': [good], 'prod-us': [good, behind] });

    expect(closed(phases.trusted, facts)).toMatch(/^prod-us: ai-spm\/behind does not trust [0-9a-f]{12}$/);
  });

  it.each<[string, Partial<ClusterFacts>, string]>([
    [
      'a namespace is not told',
      { trustMaps: { value: [{ namespace: 'x', roots: '' }] } },
      'istio-ca-root-cert in x does not trust',
    ],
    [
      'an istiod is not ready',
      { istiods: { value: [{ pod: 'istiod', ready: false, signerEnd: 0, rootEnd: 0 }] } },
      'istiod is not ready',
    ],
    ['proxies cannot be read', { proxies: { unreadable: 'no access' } }, 'proxies cannot be read: no access'],
    ['no istiod is there', { istiods: { value: [] } }, 'there is no istiod'],
    ['nothing is told to namespaces', { trustMaps: { value: [] } }, 'no namespace is told what to trust'],
    ['there is no proxy', { proxies: { value: [] } }, 'there is no proxy'],
    ['it was collected before the step', { collectedAt: '2020-01-01T00:00:00.000Z' }, 'before the last step'],
  ])('trusted: closed when %s', async (_, change, reason) => {
    const facts = world(phases.trusted, alike(await proxy(rootA, [rootA, rootB])), change);

    expect(closed(phases.trusted, facts)).toContain(reason);
  });

  it('trusted: closed when a cluster was not looked at, or has not begun in git', async () => {
    const good = await proxy(rootA, [rootA, rootB]);
    const onlyOne = await stepped(phases.standby, meshRoot, {
      clusters: ['prod-eu'],
      inputs: { meshRoot: rootB },
      now,
    });

    expect(closed(phases.trusted, world(phases.trusted, alike(good)).slice(0, 1))).toContain(
      'prod-us: nothing was collected',
    );
    expect(closed(onlyOne, world(onlyOne, alike(good)))).toMatch(/^prod-us: git does not trust [0-9a-f]{12}$/m);
  });

  it('trusted: closed while a cluster has another version of its authority than git', async () => {
    const proxies = alike(await proxy(rootA, [rootA, rootB]));
    const behind = world(phases.trusted, proxies, {
      sealedSecrets: { value: openedAt(hourAgo, phases.standby, 'prod-us') },
    });

    expect(closed(phases.trusted, behind)).toContain('SealedSecret istio-system/cacerts is not the version of git');
  });

  it('trusted: closed until every replica of istiod has been brought what the cluster has opened', async () => {
    const proxies = alike(await proxy(rootA, [rootA, rootB]));
    const facts = (at: Date) =>
      world(phases.trusted, proxies, { sealedSecrets: { value: openedAt(at, phases.trusted, 'prod-us') } }).slice(1);
    const closedFor = (at: Date) =>
      closed(phases.trusted, [...world(phases.trusted, proxies).slice(0, 1), ...facts(at)]);

    expect(closedFor(new Date(now.getTime() - 119_000))).toMatch(/^prod-us: not before /);
    expect(closedFor(new Date(now.getTime() - 120_000))).toBe('');
  });

  it('back to one root: closed while an istiod still signs under the new one', async () => {
    const ends = (readAuthority(phases.signing, 'prod-us')?.signer.validTo ?? '').toString();
    const signerEnd = new Date(ends).getTime() / 1000 + 1;
    const facts = world(again, alike(await proxy(rootA, [rootA, rootB])), {
      istiods: { value: [{ pod: 'istiod', ready: true, signerEnd, rootEnd: 0 }] },
    });

    expect(closed(again, facts, 'back')).toContain('istiod signs with an intermediate that ends');
  });

  it('back to the old signer: open where istiod does not start and a proxy waits for it, closed for one without the old root', async () => {
    const waiting = { pod: 'waiting', namespace: 'ai-spm', chain: '', roots: '' };
    const good = await proxy(rootA, [rootA, rootB]);
    const broken = { istiods: { value: [{ pod: 'istiod', ready: false, signerEnd: 0, rootEnd: 0 }] } };
    const facts = (one: ProxyFacts) => world(phases.signing, { 'prod-eu': [good], 'prod-us': [good, one] }, broken);

    expect(closed(phases.signing, facts(waiting), 'back')).toBe('');
    expect(closed(phases.signing, facts(await proxy(rootB, [rootB])), 'back')).toMatch(/does not trust/);
    expect(closed(phases.trusted, world(phases.trusted, alike(waiting)))).toContain('ai-spm/waiting trusts nobody yet');
  });

  it('reissued: open when every certificate is under the new root, by signature', async () => {
    const { reissued: signing } = phases;
    const [fresh, old] = [await proxy(rootB, [rootA, rootB]), await proxy(rootA, [rootA, rootB], 'old')];

    expect(closed(signing, world(signing, alike(fresh)))).toBe('');
    expect(closed(signing, world(signing, { 'prod-eu': [fresh], 'prod-us': [fresh, old] }))).toMatch(
      /^prod-us: ai-spm\/old still shows a certificate that is not under/,
    );
  });

  it('signing: closed when one istiod still signs with the old intermediate', async () => {
    const { signing } = phases;
    const end = new Date(readAuthority(signing, 'prod-eu')?.signer.validTo ?? 0).getTime() / 1000;
    const value = [end, end - 1].map((signerEnd, index) => ({
      pod: `istiod-${index}`,
      ready: true,
      signerEnd,
      rootEnd: 0,
    }));
    const facts = world(signing, alike(await proxy(rootB, [rootA, rootB])), { istiods: { value } });

    expect(closed(signing, facts)).toContain('istiod-1 signs with an intermediate that ends');
  });

  it('signing: closed while git still signs under the old root somewhere, or a new cluster has the old root alone', async () => {
    const fresh = await proxy(rootB, [rootA, rootB]);
    const part = await step(phases.trusted, rootB, { clusters: ['prod-eu'] });
    const late = overlayTree(phases.signing, { [CACERTS]: phases.standby.read(CACERTS) ?? '' });

    for (const tree of [part, late])
      expect(closed(tree, world(tree, alike(fresh)))).toMatch(/^prod-us: git does not sign under [0-9a-f]{12}$/m);
  });

  it('reissued: open for a cluster that comes after one that has dropped the old root', async () => {
    const part = await step(phases.reissued, rootB, { clusters: ['prod-us'] });

    expect(closed(part, world(part, alike(await proxy(rootB, [rootA, rootB]))))).toBe('');
  });

  it('goes back neither under a root that git has dropped elsewhere, nor from one that signs elsewhere', async () => {
    // The clusters have not followed yet: what is collected looks as it did before.
    const gone = await step(phases.reissued, rootB, { clusters: ['prod-us'] });
    const dropped = overlayTree(phases.signing, { [CACERTS]: gone.read(CACERTS) ?? '' });
    const signing = await step(phases.trusted, rootB, { clusters: ['prod-us'] });
    const [fresh, old] = [await proxy(rootB, [rootA, rootB]), await proxy(rootA, [rootA, rootB])];

    expect(closed(dropped, world(dropped, alike(fresh)), 'back')).toMatch(
      /^prod-us: git does not trust [0-9a-f]{12}$/m,
    );
    expect(closed(signing, world(signing, alike(old)), 'back')).toMatch(
      /^prod-us: git does not sign under [0-9a-f]{12}$/m,
    );
  });

  it('look at the members of the federation alone: another cluster with an authority is a mesh of its own', async () => {
    // On purpose with the very root of the federation: it meets none of the others all the same.
    const solo = (await rotationTree(now, ['dev-eu'])).tree;
    const path = 'clusters/dev-eu/platform/cacerts.yaml';
    const tree = overlayTree(phases.trusted, { [path]: solo.read(path) ?? '' });
    const good = alike(await proxy(rootA, [rootA, rootB]));

    expect(closed(tree, world(tree, good))).toBe('');
    expect(closed(tree, world(tree, good).slice(0, 1))).toContain('prod-us: nothing was collected');
  });

  it('back to one root: closed while a certificate under the new one lives', async () => {
    const both = [rootA, rootB];

    expect(closed(again, world(again, alike(await proxy(rootA, both))), 'back')).toBe('');
    expect(closed(again, world(again, alike(await proxy(rootB, both))), 'back')).toContain('shows a certificate under');
  });
});

function fingerprints(pem: string): string[] {
  return certificatesIn(pem).map(fingerprintOf);
}
