import { expect, it } from 'vitest';
import { createIntermediate, createRoot } from './certificates.ts';
import { certificatesIn, chainsTo, fingerprintOf } from './pem.ts';

const now = new Date();

it('reads every certificate of a bundle', async () => {
  const [one, two] = [await createRoot(now), await createRoot(now)];
  const all = certificatesIn(`# a comment\n${one.certificate}${two.certificate}${two.certificate}`);

  expect(all.map((certificate) => `${certificate.toString().trim()}\n`)).toEqual(
    [one, two, two].map((root) => root.certificate),
  );
  expect(new Set(all.map(fingerprintOf)).size).toBe(2);
  expect(certificatesIn('')).toEqual([]);
});

it('follows signatures, not names', async () => {
  // Both roots have the same name.
  const [one, two] = [await createRoot(now), await createRoot(now)];
  const intermediate = await createIntermediate(one, 'a', now);
  const [first, second] = [one, two].flatMap(({ certificate }) => certificatesIn(certificate));
  const chain = certificatesIn(intermediate.certificate + one.certificate);
  if (!first || !second) throw new Error('no certificates');

  expect(chainsTo(chain, first)).toBe(true);
  expect(chainsTo(chain.slice(0, 1), first)).toBe(true);
  expect(chainsTo(chain, second)).toBe(false);
  expect(chainsTo([], first)).toBe(false);
});
