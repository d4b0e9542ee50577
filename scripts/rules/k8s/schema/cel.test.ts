import { describe, expect, it } from 'vitest';
import { CEL_RULES, findCelRule } from './cel.ts';

const WEB = ['', 'https://x.example.com/a.wasm', 'oci://registry/a', 'ghcr.io/org/a:1', 'FILE:///a'];
const NOT_WEB = ['ftp://x/a', 'a b'];

/** What holds and what does not, by the beginning of the rule. */
const CASES: readonly [rule: string, good: readonly unknown[], bad: readonly unknown[]][] = [
  ['!self.contains("*")', ['a', ''], ['a*']],
  ['self.all(key, !key.contains("*"))', [{}, { a: '*' }], [{ 'a*': '' }]],
  ['self.all(key, key.size() != 0)', [{ a: '' }], [{ '': 'a' }]],
  ['self.size() == 0', [''], ['other']],
  [
    "duration(self) >= duration('1ms')",
    ['1ms', '0.001s', '1h30m', '1000us', '+5s', '1.5h'],
    ['', '0s', '1', '999us', '-5s', '5 s', '5x', 's', '5d'],
  ],
  ['0 < self && self <= 65535', [1, 65535], [0, 65536]],
  ['self.all(key, 0 < int(key)', [{ '80': {} }, {}], [{ '0': {} }, { http: {} }, { '65536': {} }]],
  [
    'has(self.portLevelMtls)',
    [{}, { portLevelMtls: {}, selector: { matchLabels: { a: 'b' } } }],
    [{ portLevelMtls: {} }, { portLevelMtls: {}, selector: { matchLabels: {} } }],
  ],
  ['url(self).getScheme() in ["http", "https"]', ['http://a', 'https://a/b'], ['a', 'ftp://a']],
  ['self != "*"', ['*.a', 'a'], ['*']],
  ['self.all(l1, self.exists_one', [[], [{ number: 1 }, { number: 2 }]], [[{ number: 1 }, { number: 1 }]]],
  [
    '!((has(self.addresses)',
    [
      { addresses: ['10.0.0.0/8'] },
      { addresses: ['10.0.0.0/8'], resolution: 'STATIC' },
      { addresses: ['10.0.0.1'], resolution: 'DNS' },
    ],
    [{ addresses: ['10.0.0.0/8'], resolution: 'DNS' }],
  ],
  [
    '((has(self.resolution) ? self.resolution : "NONE") == "NONE")',
    [{}, { endpoints: [], resolution: 'DNS' }],
    [{ endpoints: [] }, { endpoints: [], resolution: 'NONE' }],
  ],
  [
    '((has(self.resolution) ? self.resolution : "") == "DNS_ROUND_ROBIN")',
    [
      { resolution: 'DNS', endpoints: [1, 2] },
      { resolution: 'DNS_ROUND_ROBIN', endpoints: [1] },
    ],
    [{ resolution: 'DNS_ROUND_ROBIN', endpoints: [1, 2] }],
  ],
  ['self.startsWith("unix://") ? (self.substring', ['a', 'unix:///a', 'unix://@a'], ['unix://a', 'unix://']],
  ['self.startsWith("unix://") ? !self.endsWith', ['a/', 'unix:///a'], ['unix:///a/']],
  ['self.all(key, size(key) < 63', [{ http: 1, 'A-1': 1 }], [{ '-a': 1 }, { ['a'.repeat(63)]: 1 }]],
  ['has(self.address) || has(self.network)', [{ address: 'a' }, { network: 'a' }], [{}, { address: null }]],
  [
    '(has(self.address) ? self.address : "").startsWith',
    [{ ports: {} }, { address: 'unix:///a' }],
    [{ address: 'unix:///a', ports: {} }],
  ],
  [
    '((has(self.operation) ? self.operation : "") == "UPSERT")',
    [{}, { operation: 'UPSERT', value: 'a' }],
    [{ operation: 'UPSERT', value: '' }, { operation: 'UPSERT' }],
  ],
  [
    '((has(self.operation) ? self.operation : "") == "REMOVE")',
    [{ operation: 'REMOVE' }, { value: 'a' }],
    [{ operation: 'REMOVE', value: 'a' }],
  ],
  [
    '(has(self.valueFrom)',
    [{ value: 'a' }, { valueFrom: 'HOST' }, { valueFrom: 'INLINE', value: 'a' }],
    [{ valueFrom: 'HOST', value: 'a' }],
  ],
  [
    'has(self.context)',
    [{}, { context: 'WAYPOINT', waypoint: {} }, { context: 'GATEWAY' }],
    [{ waypoint: {} }, { context: 'WAYPOINT' }],
  ],
  [
    '(has(self.serviceAccounts)',
    [{ serviceAccounts: ['a'] }, { principals: ['a'], namespaces: ['b'] }],
    [
      { serviceAccounts: ['a'], principals: ['b'] },
      { notServiceAccounts: ['a'], notNamespaces: ['b'] },
    ],
  ],
  ['isURL(self) ? (url(self).getScheme() in ["", "http", "https", "file"', WEB, NOT_WEB],
  ['isURL(self) ? (url(self).getScheme() in ["", "http", "https", "oci"', WEB, NOT_WEB],
  ['self in ["", "HTTP", "HTTPS"]', ['', 'HTTP', 'HTTPS'], ['http', 'TCP']],
];

describe('a CEL rule of the schemas', () => {
  it.each(CASES)('%s', (start, good, bad) => {
    const rules = CEL_RULES.filter((rule) => rule.startsWith(start));

    expect(rules).toHaveLength(1);
    const rule = findCelRule(rules[0] as string);
    expect(good.filter((value) => !rule?.holds(value))).toEqual([]);
    expect(bad.filter((value) => rule?.holds(value))).toEqual([]);
  });

  it('has a case here', () => {
    expect(CEL_RULES.filter((rule) => !CASES.some(([start]) => rule.startsWith(start)))).toEqual([]);
  });
});
