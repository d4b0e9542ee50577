import { expect, it } from 'vitest';
import { createRoot, createSealingKey } from './certificates.ts';
import { readSealingCertificate } from './sealing-certificate.ts';

const now = new Date();
const read = (pem: string, at = now) => readSealingCertificate('clusters/a/sealing.crt', pem, at);

it('takes a certificate of the controller', async () => {
  const { certificate } = await createSealingKey(now, 30);

  expect(read(certificate)).toMatchObject({
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    notAfter: new Date(Math.floor((now.getTime() + 30 * 86_400_000) / 1000) * 1000),
  });
});

it('refuses what it cannot seal to, and never takes a private key', async () => {
  const sealing = await createSealingKey(now, 1);
  const { certificate: root } = await createRoot(now);

  expect(() => read(sealing.certificate + sealing.certificate)).toThrow('holds 2 PEM blocks, not one');
  expect(() => read('')).toThrow('holds 0 PEM blocks');
  expect(() => read(root)).toThrow('its key is ec, not RSA');
  expect(() => read(sealing.certificate, new Date(now.getTime() + 2 * 86_400_000))).toThrow('it ended');
  expect(() => read(sealing.key)).toThrow('holds a private key');
  expect(() => read('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toThrow(
    'is no sealing certificate',
  );
});
