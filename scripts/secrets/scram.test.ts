import { expect, it } from 'vitest';
import { isVerifierOf, scramVerifier } from './scram.ts';

it('makes the keys of the exchange in RFC 7677, whose server signature is known', async () => {
  const { createHash, createHmac } = await import('node:crypto');
  const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
  const [storedKey = '', serverKey = ''] = verifier.split('$')[2]?.split(':') ?? [];
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const authMessage = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=${nonce}`;
  const sign = (key: Buffer) => createHmac('sha256', key).update(authMessage).digest();

  expect(sign(Buffer.from(serverKey, 'base64')).toString('base64')).toBe(
    '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  );
  // The proof of the client, less the signature, is the key whose hash is stored.
  const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
  const signature = sign(Buffer.from(storedKey, 'base64'));
  const clientKey = proof.map((byte, index) => byte ^ (signature[index] ?? 0));
  expect(createHash('sha256').update(clientKey).digest('base64')).toBe(storedKey);
});

it('tells the password that a verifier was made from', () => {
  const verifier = scramVerifier('one');

  expect([isVerifierOf(verifier, 'one'), isVerifierOf(verifier, 'two')]).toEqual([true, false]);
  expect(scramVerifier('one')).not.toBe(verifier);
  expect(['', 'closed', 'one', `${verifier}x`].map((text) => isVerifierOf(text, 'one'))).toEqual(Array(4).fill(false));
});

it('takes no password that the server would read in another way', () => {
  for (const password of ['', 'with space', 'näh']) expect(() => scramVerifier(password)).toThrow('visible ASCII');
});
