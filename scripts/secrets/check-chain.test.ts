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

it('takes a complete chain, with or without its root', async () => {
  expect(check((await answered()) + root.certificate)).toHaveLength(2);
  expect(check(await answered())).toHaveLength(1);
  expect(check(await answered({ isAuthority: true }), asAuthority())).toHaveLength(1);
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
