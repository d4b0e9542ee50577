import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSealingKey, type KeyPair } from '../../secrets/certificates.ts';
import { readSealedSecret, sealSecret } from '../../secrets/sealed-secret.ts';
import { readSealingCertificate } from '../../secrets/sealing-certificate.ts';
import { overlayTree, type SourceTree } from '../../system/source-tree.ts';
import { phaseOf } from '../engine.ts';
import { ciphertextDigest } from '../facts/ciphertext.ts';
import type { ClusterFacts } from '../facts/facts.ts';
import { keyUse } from '../key-use.ts';
import type { LiveInputs, StepInputs } from '../rotation.ts';
import { sealedFiles as sealedIn } from '../sealed-files.ts';
import { type RotationTree, rotationTree, stepped } from '../testing/rotation-tree.ts';
import { hangingOn, sealingKey } from './sealing-key.ts';
import { session } from './session.ts';

const CLUSTER = 'prod-eu';
const sealedFiles = (tree: SourceTree, cluster: string) => sealedIn(tree, cluster).map(({ file }) => file);
const now = new Date();
const read = (live: LiveInputs, cluster = CLUSTER): StepInputs => ({ live: { [cluster]: live } });
const phase = (tree: SourceTree) => phaseOf(sealingKey, tree, CLUSTER)?.name;
const fingerprint = ({ certificate }: KeyPair) => readSealingCertificate('', certificate, now).fingerprint;

let first: RotationTree;
let newest: KeyPair;
let values: LiveInputs['secrets'];
let inputs: StepInputs;
let anew: SourceTree;
beforeAll(async () => {
  first = await rotationTree(new Date(now.getTime() - 86_400_000));
  newest = await createSealingKey(now);
  values = openAll(first.tree, first.sealingKey);
  inputs = read({ sealingCertificate: newest.certificate, secrets: values });
  anew = await stepped(first.tree, sealingKey, { inputs });
});

/** What the controller would make of the files of git with this key. */
function openAll(tree: SourceTree, { key }: KeyPair): Record<string, Record<string, Buffer>> {
  const secrets = sealedFiles(tree, CLUSTER).map((path) => readSealedSecret(tree.read(path) ?? ''));
  return Object.fromEntries(
    secrets.map(({ namespace, name, encryptedData }) => {
      const items = Object.entries(encryptedData).map(([item, text]) => [
        item,
        open(text, key, `${namespace}/${name}`),
      ]);
      return [`${namespace}/${name}`, Object.fromEntries(items)];
    }),
  );
}

function open(item: string, key: string, label: string): Buffer {
  const bytes = Buffer.from(item, 'base64');
  const end = 2 + bytes.readUInt16BE(0);
  const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel: Buffer.from(label) };
  const decipher = createDecipheriv('aes-256-gcm', privateDecrypt(oaep, bytes.subarray(2, end)), Buffer.alloc(12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(end, -16)), decipher.final()]);
}

describe('sealing-key', () => {
  it('seals every value anew, which the new key alone opens, and changes no value', async () => {
    expect([phase(first.tree), phase(anew)]).toEqual(['standby', 'resealed']);
    expect(openAll(anew, newest)).toEqual(values);
    expect(() => openAll(anew, first.sealingKey)).toThrow();
    expect(anew.read(`clusters/${CLUSTER}/sealing.crt`)).toBe(newest.certificate);
    // What is not sealed stays as it is.
    for (const path of sealedFiles(anew, CLUSTER)) {
      const [before, after] = [first.tree, anew].map((tree) => readSealedSecret(tree.read(path) ?? ''));
      const alike = { encryptedData: {}, certificate: '', notes: {} };
      expect({ ...after, ...alike }).toEqual({ ...before, ...alike });
    }
  });

  it('ends with the new certificate alone', async () => {
    const done = await stepped(anew, sealingKey);

    expect(phase(done)).toBe('standby');
    expect(done.list(`clusters/${CLUSTER}`)).toEqual(first.tree.list(`clusters/${CLUSTER}`));
  });

  it('goes back to the certificate of before', async () => {
    const back = await stepped(anew, sealingKey, { direction: 'back', inputs });

    expect(phase(back)).toBe('standby');
    expect(openAll(back, first.sealingKey)).toEqual(values);
    expect(back.read(`clusters/${CLUSTER}/sealing.crt`)).toBe(first.sealingKey.certificate);
  });

  describe('goes back while the cluster opens nothing of what was sealed anew', () => {
    const live = (from: SourceTree, opened: boolean) =>
      sealedIn(from, CLUSTER).map(({ sealed }) => {
        const { namespace, name } = sealed;
        return { namespace, name, opened, ciphertext: ciphertextDigest(sealed) };
      });
    const keys = (...all: KeyPair[]) =>
      all.map((key) => ({ name: 'key', fingerprint: fingerprint(key), notBefore: '' }));
    const closed = (tree: SourceTree, sealed: SourceTree, ...all: KeyPair[]) =>
      (sealingKey.phases[1]?.back?.gates ?? []).flatMap((gate) =>
        gate.check(
          [
            {
              cluster: CLUSTER,
              sealedSecrets: { value: live(sealed, false) },
              sealingKeys: { value: keys(...all) },
            } as ClusterFacts,
          ],
          { tree, cluster: CLUSTER, now },
        ),
      );

    it('in whatever version it has them', () => {
      expect(closed(anew, first.tree, first.sealingKey)).toEqual([]);
      expect(closed(anew, anew, first.sealingKey, newest)).toEqual([]);
    });

    it('but not where another rotation has changed a value since', async () => {
      const changed = await stepped(anew, session);

      expect(closed(changed, anew, first.sealingKey)).toEqual([
        expect.stringMatching(/^prod-eu: SealedSecret ai-spm\/ai-spm-session-2 is not there yet$/),
      ]);
    });

    it('and not to a key that is gone', () => {
      expect(closed(anew, anew, newest)).toEqual([
        expect.stringMatching(/sealing-previous.crt \([0-9a-f]{12}\) is gone/),
      ]);
    });
  });

  it('seals in the scope that a file has', async () => {
    const wide = { namespace: 'ai-spm', name: 'wide', notes: { 'sealedsecrets.bitnami.com/namespace-wide': 'true' } };
    const path = `clusters/${CLUSTER}/secrets/wide.yaml`;
    const text = sealSecret(
      { ...wide, data: { a: Buffer.from('b') } },
      readSealingCertificate('', first.sealingKey.certificate, now),
    );
    const live = { ...values, 'ai-spm/wide': { a: Buffer.from('b') } };
    const tree = await stepped(overlayTree(first.tree, { [path]: text }), sealingKey, {
      inputs: read({ sealingCertificate: newest.certificate, secrets: live }),
    });
    const items = [text, tree.read(path) ?? ''].map((one) => readSealedSecret(one).encryptedData['a'] ?? '');

    expect(
      [first.sealingKey, newest].map(({ key }, index) => open(items[index] ?? '', key, 'ai-spm').toString()),
    ).toEqual(['b', 'b']);
    expect(() => open(items[1] ?? '', newest.key, 'ai-spm/wide')).toThrow();
  });

  it('touches only the files that hang on another key', async () => {
    const [path = ''] = sealedFiles(anew, CLUSTER);
    const mixed = overlayTree(await stepped(anew, sealingKey), { [path]: first.tree.read(path) });
    const after = await stepped(mixed, sealingKey, { inputs });

    expect(sealedFiles(after, CLUSTER).filter((file) => after.read(file) !== mixed.read(file))).toEqual([path]);
    expect(hangingOn(after, CLUSTER).every(({ certificate }) => certificate === fingerprint(newest))).toBe(true);
  });

  it.each<[string, () => Promise<SourceTree>, string]>([
    ['no certificate', () => stepped(first.tree, sealingKey), 'nothing was read from cluster prod-eu'],
    [
      'what was read from another cluster',
      () => stepped(first.tree, sealingKey, { inputs: read({ secrets: values }, 'prod-us') }),
      'nothing was read from cluster prod-eu',
    ],
    [
      'a value that the cluster has not',
      () => stepped(first.tree, sealingKey, { inputs: read({ sealingCertificate: newest.certificate, secrets: {} }) }),
      'cannot be sealed anew: the cluster has no database-password, database-url, session-secret',
    ],
    [
      'an older certificate',
      async () => {
        const done = await stepped(anew, sealingKey);
        return stepped(done, sealingKey, {
          inputs: read({ sealingCertificate: first.sealingKey.certificate, secrets: values }),
        });
      },
      'the certificate that is given is older',
    ],
    [
      'when there is nothing to do',
      async () => stepped(await stepped(anew, sealingKey), sealingKey, { inputs }),
      'sealed to the newest key already',
    ],
    [
      'to forget a certificate that a file still hangs on',
      () => {
        const [path = ''] = sealedFiles(anew, CLUSTER);
        return stepped(overlayTree(anew, { [path]: first.tree.read(path) }), sealingKey);
      },
      'is not sealed to the newest key',
    ],
  ])('refuses %s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
  });

  it.each([0, 1])('phase %i: closed unless the cluster has opened the very files of git', (index) => {
    const tree = index === 0 ? first.tree : anew;
    const check = (sealedSecrets: ClusterFacts['sealedSecrets']) =>
      (sealingKey.phases[index]?.forward.gates ?? []).flatMap((gate) =>
        gate.check([{ cluster: CLUSTER, sealedSecrets } as ClusterFacts], { tree, cluster: CLUSTER, now }),
      );
    const live = (from: SourceTree) =>
      sealedFiles(from, CLUSTER).map((path) => {
        const sealed = readSealedSecret(from.read(path) ?? '');
        const { namespace, name } = sealed;
        return { namespace, name, opened: true, ciphertext: ciphertextDigest(sealed) };
      });

    expect(check({ value: live(tree) })).toEqual([]);
    expect(check({ value: live(tree).slice(1) })).toHaveLength(1);
    expect(check({ value: live(tree).map((one) => ({ ...one, opened: false })) })).toHaveLength(live(tree).length);
    expect(check({ value: live(index === 0 ? anew : first.tree) })).toHaveLength(live(tree).length);
    expect(check({ unreadable: 'no access' })).not.toEqual([]);
  });
});

describe('which key may go', () => {
  const keys = () => [
    { name: 'key-2', fingerprint: fingerprint(newest), notBefore: '2' },
    { name: 'key-1', fingerprint: fingerprint(first.sealingKey), notBefore: '1' },
  ];
  const removable = (...trees: SourceTree[]) =>
    keyUse(
      keys(),
      trees.map((tree, index) => ({ revision: `r${index}`, tree })),
      CLUSTER,
      'kubectl --context eu',
    )
      .filter(({ remove }) => remove)
      .map(({ name }) => name);

  it('an old one that no file of any revision hangs on', () => {
    expect(removable(anew)).toEqual(['key-1']);
    expect(keyUse(keys(), [{ revision: 'main', tree: anew }], CLUSTER, 'kubectl --context eu')[1]?.remove?.[0]).toBe(
      'kubectl --context eu --namespace sealed-secrets delete secret key-1',
    );
  });

  it('none that a ring still runs, never the newest, and none where nothing is known', () => {
    expect(removable(anew, first.tree)).toEqual([]);
    expect(removable(first.tree)).toEqual([]);
    expect(removable()).toEqual([]);
  });

  it('none while a file does not say what it hangs on', () => {
    const [path = ''] = sealedFiles(anew, CLUSTER);
    const text = (anew.read(path) ?? '').replace(/ {4}ai-spm.io\/sealing-certificate.*\n/, '');

    expect(removable(overlayTree(anew, { [path]: text }))).toEqual([]);
  });
});
