import { describe, expect, it } from 'vitest';
import { createIntermediate, createRoot, createSealingKey } from '../../secrets/certificates.ts';
import { sealSecret } from '../../secrets/sealed-secret.ts';
import { readSealingCertificate } from '../../secrets/sealing-certificate.ts';
import { treeOf } from '../../system/source-tree.ts';
import { rotationText } from '../rotation-file.ts';
import { calendarOf } from './calendar.ts';
import { icsOf } from './ics.ts';

const now = new Date('2026-11-25T12:00:00Z');

async function files(rootDays: number) {
  const sealing = await createSealingKey(now, 900);
  const [root, second] = [await createRoot(now, 800), await createRoot(now, rootDays)];
  const { certificate, key } = await createIntermediate(root, 'prod-eu', now, { days: 300 });
  const open = { 'ca-cert.pem': certificate, 'root-cert.pem': root.certificate + second.certificate };
  const data = { 'ca-key.pem': Buffer.from(key) };
  const sealed = readSealingCertificate('x', sealing.certificate, now);
  return {
    'clusters/prod-eu/sealing.crt': sealing.certificate,
    'clusters/prod-eu/platform/cacerts.yaml': sealSecret(
      { namespace: 'istio-system', name: 'cacerts', data, open },
      sealed,
    ),
  };
}

describe('calendarOf', () => {
  it('counts every certificate of a bundle, the soonest first', async () => {
    const entries = calendarOf(treeOf(await files(10)), ['prod-eu']);

    expect(entries.map(({ what, at }) => [what.split(' ').slice(0, 2).join(' '), days(at)])).toEqual([
      ['root certificate', 10],
      ['certificate O=ai-spm-mesh,', 300],
      ['root certificate', 800],
      ['the certificate', 900],
    ]);
    expect(entries[0]?.command).toBe('npm run rotate -- apply mesh-root --cluster prod-eu');
    expect(entries[1]?.command).toContain('mesh-intermediate');
  });

  it('names the day from which an old session secret can go, and no earlier phase', () => {
    const at = (phase: string) => {
      const session = { secret: 'ai-spm-session-2', accepted: 'ai-spm-secrets' };
      const database = { secret: 'ai-spm-secrets', role: 'ai_spm_a' as const };
      const text = rotationText({
        inUse: { database, session, wiz: { secret: 'ai-spm-secrets' } },
        underWay: { session: { id: 'x', by: 'y', phase, since: '2026-11-20T00:00:00Z' } },
      });
      return calendarOf(treeOf({ 'clusters/a/rotation.yaml': text ?? '' }), ['a']).map((entry) =>
        entry.at.toISOString(),
      );
    };

    expect(at('signing')).toEqual(['2026-11-27T00:00:00.000Z']);
    expect(at('accepted')).toEqual([]);
  });
});

describe('icsOf', () => {
  const entry = {
    cluster: 'prod-eu',
    what: `root certificate CN=${'ü'.repeat(60)}, O=a; b\\c`,
    kind: 'certificate' as const,
    at: new Date('2026-12-31T23:00:00Z'),
    file: 'clusters/prod-eu/platform/cacerts.yaml',
    command: 'npm run rotate -- plan mesh-root',
  };

  it('is what RFC 5545 wants: CRLF, lines of 75 octets, escaped text, whole days', () => {
    const text = icsOf([entry], now, 30);
    const lines = text.split('\r\n');

    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
    expect(text.replaceAll('\r\n ', '')).toContain(
      `SUMMARY:prod-eu: root certificate CN=${'ü'.repeat(60)}\\, O=a\\; b\\\\c ends\r\n`,
    );
    expect(lines).toEqual(
      expect.arrayContaining(['DTSTART;VALUE=DATE:20261231', 'DTEND;VALUE=DATE:20270101', 'TRIGGER:-P30D']),
    );
  });

  it('gives an entry the same id each time, and another entry another', () => {
    const id = (one: typeof entry) => /UID:(.*)/.exec(icsOf([one], new Date(), 3).replaceAll('\r\n ', ''))?.[1];

    expect(id(entry)).toBe(id({ ...entry }));
    expect(id({ ...entry, cluster: 'prod-us' })).not.toBe(id(entry));
  });
});

function days(at: Date): number {
  return Math.round((at.getTime() - now.getTime()) / 86_400_000);
}
