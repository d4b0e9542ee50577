import { describe, expect, it } from 'vitest';
import { findFormat } from './formats.ts';

const LONG = 'a'.repeat(63);

describe('a format', () => {
  it.each<[string, unknown[], unknown[]]>([
    ['int32', [0, 2147483647, -2147483648], [2147483648, -2147483649]],
    ['int64', [2 ** 53, -(2 ** 63)], [2 ** 64]],
    ['byte', ['', 'aGk=', 'aGVs\nbG8h\n', 'YQ=='], ['aGk', 'a', 'a?==', 'YQ==YQ==']],
    [
      'date-time',
      ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.5+01:00'],
      ['2026-01-31', '2026-01-31 12:00:00', 'now'],
    ],
    ['dns-label', ['a', 'a-1', '1a', LONG], ['', 'A', '-a', 'a-', 'a.b', `${LONG}a`]],
    ['dns-1035-label', ['a', 'a-1', LONG], ['', '1a', 'a-', 'a.b', `${LONG}a`]],
    ['dns-subdomain', ['a', 'a.b-c.1', 'a'.repeat(253)], ['', 'a..b', '.a', 'A', 'a_b', 'a'.repeat(254)]],
    ['path-segment', ['a', 'system:a.B', '2001:db8::1'], ['', '.', '..', 'a/b', 'a%b']],
    ['qualified-name', ['a', 'A_b.c-1', 'example.com/a', LONG], ['', 'a/b/c', '/a', 'Example.com/a', '-a', `${LONG}a`]],
    ['annotation-key', ['a', 'Example.com/a'], ['', 'a/b/c', 'a b']],
    ['label-value', ['', 'a', 'A_b.c-1', LONG], ['a b', '-a', 'a/b', `${LONG}a`]],
    ['config-key', ['a', '.dockerconfigjson', 'A_1-b.c', '.a'], ['', '.', '..', '..a', 'a b', 'a/b', 'a'.repeat(254)]],
    ['env-name', ['A', '1-b.c', 'my var'], ['', 'a=b', 'ä', 'a\tb']],
    ['port-name', ['http', 'h2', 'a-b', 'a'.repeat(15)], ['', '80', 'a--b', '-a', 'a-', 'A', 'a'.repeat(16)]],
    ['port-or-name', [1, 65535, 'http'], [0, 65536, '80', 'a_b']],
    ['int-or-percent', [0, 5, '0%', '25%'], [-1, '5', '-5%', '5 %']],
    [
      'quantity',
      [2, 0.5, '500m', '1.5Gi', '.5', '1e3', '-1', '2E', '100u'],
      ['', '1 Gi', '1gi', 'Gi', '1GiB', '1K', '0x1'],
    ],
    ['quantity-not-negative', [0, '0', '1Gi'], [-1, '-1Gi']],
    [
      'cidr',
      ['10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32'],
      ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/129', 'a/8', '10.0.0.0/8/8', '10.0.0.0/'],
    ],
  ])('%s', (name, good, bad) => {
    const format = findFormat(name);

    expect(good.filter((value) => !format?.test(value))).toEqual([]);
    expect(bad.filter((value) => format?.test(value))).toEqual([]);
  });

  it('says as a regular expression what it tests', () => {
    const pattern = new RegExp(findFormat('dns-label')?.pattern ?? '', 'u');

    expect(['a-1', 'A', 'a.b', `${LONG}a`].filter((value) => pattern.test(value))).toEqual(['a-1']);
  });

  it.each(['toString', 'email'])('%s is not known', (name) => {
    expect(findFormat(name)).toBeUndefined();
  });
});
