import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEnforcement } from './enforcement.ts';

/** Dumps of real proxies of the lab, cut to the fields that count. */
const dump = (name: string) => readFileSync(join(__dirname, '__fixtures__', `${name}.json`), 'utf8');

it('reads what a proxy enforces, with one port that was opened for plaintext', () => {
  expect(readEnforcement(dump('permissive-port'))).toEqual({
    inbound: [
      { port: 'others', acceptsPlaintext: false, policies: ['ai-spm/ai-scanner', 'ai-spm/default-deny'] },
      { port: 8001, acceptsPlaintext: true, policies: ['ai-spm/ai-scanner', 'ai-spm/default-deny'] },
    ],
    letsUnknownHostsOut: false,
  });
});

it('sees that unknown hosts may be called', () => {
  const { inbound, letsUnknownHostsOut } = readEnforcement(dump('open-egress'));

  expect(letsUnknownHostsOut).toBe(true);
  expect(inbound.filter(({ acceptsPlaintext }) => acceptsPlaintext)).toEqual([]);
});

it('sees a port without TLS at all', () => {
  const disabled = JSON.parse(dump('open-egress'), (key, value) => (key === 'transport_socket' ? undefined : value));

  expect(readEnforcement(JSON.stringify(disabled)).inbound.map(({ acceptsPlaintext }) => acceptsPlaintext)).toEqual([
    true,
    true,
  ]);
});

it('takes no answer for a dump that is none of a sidecar', () => {
  expect(() => readEnforcement('{}')).toThrow('no listener virtualInbound');
});
