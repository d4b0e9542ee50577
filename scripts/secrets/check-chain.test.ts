import { X509Certificate } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { createRequest, createRoot, type KeyPair, requestedKey } from './certificates.ts';
import { checkChain } from './check-chain.ts';
import { type Answer, sign } from './testing/outside-authority.ts';

const now = new Date();
const HOST = 'ai-spm.eu.example.com';
let root: KeyPair;
let other: KeyPair;
let request: string;
beforeAll(async () => {
  [root, other] = [await createRoot(now), await createRoot(now)];
  request = (await createRequest({ subject: `CN=${HOST}`, dnsNames: [HOST] })).request;
});
const answered = (answer: Answer = {}) => sign(request, root, now, answer);
const check = (pem: string, more = {}) =>
  checkChain(pem, { publicKey: requestedKey(request), now, hosts: [HOST], ...more });
const asAuthority = (roots = [root]) => ({
  hosts: [],
  authorityUnder: roots.map(({ certificate }) => new X509Certificate(certificate)),
});

it('takes a complete chain; the root of the mesh need not stand in it', async () => {
  expect(check((await answered()) + root.certificate)).toHaveLength(2);
  expect(check(await answered({ isAuthority: true }), asAuthority())).toHaveLength(1);
  expect(check((await answered({ isAuthority: true })) + root.certificate, asAuthority())).toHaveLength(2);
});

it.each<[string, () => Promise<string> | string, string]>([
  ['nothing', () => '', 'it holds no certificate'],
  ['a private key', async () => (await answered()) + root.key, 'it holds a private key'],
  [
    'the answer to another request',
    async () => {
      const another = await createRequest({ subject: `CN=${HOST}`, dnsNames: [HOST] });
      return sign(another.request, root, now);
    },
    'for another key than the request',
  ],
  ['the root first', async () => root.certificate + (await answered()), 'for another key than the request'],
  [
    'a chain with the wrong authority',
    async () => (await answered()) + other.certificate,
    'certificate 2 has not signed certificate 1',
  ],
  [
    'what is cut off',
    async () => (await answered()).replace(/.{8}\n-----END/s, '-----END'),
    'a block that is no certificate',
  ],
  [
    'a block of another kind',
    async () => `${await answered()}-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n`,
    'a block that',
  ],
  ['one that does not reach its root', () => answered(), 'and does not hold that one'],
  ['a client certificate', () => answered({ use: '1.3.6.1.5.5.7.3.2' }), 'it is not for servers'],
  [
    'one that an intermediate has signed whose path is too long',
    async () => (await underTwo()) + root.certificate,
    'certificate 4 may have 1 authorities below it (pathlen), not 2',
  ],
  [
    'one that a server has signed',
    async () => (await underOne({})) + root.certificate,
    'certificate 2 is no authority',
  ],
  [
    'one that an authority without keyCertSign has signed',
    async () => (await underOne({ isAuthority: true, keyCertSign: false })) + root.certificate,
    'certificate 2 may not sign certificates: it lacks keyCertSign',
  ],
  ['another host', () => answered({ dnsNames: ['x.example.com'] }), `does not stand for ${HOST}`],
  ['one that ends in days', () => answered({ days: 6 }), 'certificate 1 ends'],
  ['one that has ended', () => answered({ days: -1 }), 'certificate 1 ends'],
  ['an authority', () => answered({ isAuthority: true }), 'is an authority, not that of a server'],
])('refuses %s', async (_, make, why) => {
  const pem = await make();

  expect(() => check(pem)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ why: expect.stringContaining(why) }) }),
  );
});

/** The request answered by somebody whom the root has signed. */
async function underOne(answer: Answer): Promise<string> {
  const one = await createRequest({ subject: 'CN=one', dnsNames: [] });
  const certificate = await sign(one.request, root, now, answer);
  return (await sign(request, { certificate, key: one.key }, now)) + certificate;
}

/** Below two authorities, where the root may have one. */
async function underTwo(): Promise<string> {
  const [one, two] = [
    await createRequest({ subject: 'CN=one', dnsNames: [] }),
    await createRequest({ subject: 'CN=two', dnsNames: [] }),
  ];
  const first = await sign(one.request, root, now, { isAuthority: true, pathLength: 1 });
  const second = await sign(two.request, { certificate: first, key: one.key }, now, { isAuthority: true });
  return (await sign(request, { certificate: second, key: two.key }, now)) + second + first;
}

it('refuses as an authority what the path of the root does not allow', async () => {
  const one = await createRequest({ subject: 'CN=one', dnsNames: [] });
  const signer = await sign(one.request, root, now, { isAuthority: true, pathLength: 0 });
  const pem = (await sign(request, { certificate: signer, key: one.key }, now, { isAuthority: true })) + signer;

  expect(() => check(pem, asAuthority())).toThrow(
    expect.objectContaining({
      details: expect.objectContaining({ why: 'certificate 2 may have 0 authorities below it (pathlen), not 1' }),
    }),
  );
});

it('refuses one that is not valid yet', async () => {
  const pem = await answered();
  const earlier = new Date(now.getTime() - 3_600_000);

  expect(() => check(pem, { now: earlier })).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ why: expect.stringContaining('not valid before') }) }),
  );
});

it('refuses as an authority what may sign nothing, or is under no root of the mesh', async () => {
  const [server, authority] = [await answered(), await answered({ isAuthority: true })];
  const why = (text: string) =>
    expect.objectContaining({ details: expect.objectContaining({ why: expect.stringContaining(text) }) });

  expect(() => check(server, asAuthority())).toThrow(why('is no authority'));
  expect(() => check(authority, asAuthority([other]))).toThrow(why('does not end in a root that the mesh trusts'));
});
