import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../../testing/temp-repository.ts';
import type { ClusterFacts } from './facts.ts';
import { readFacts, saveFacts } from './saved.ts';

const nothing = { unreadable: 'no access' };
const FACTS: ClusterFacts = {
  cluster: 'prod-eu',
  collectedAt: '2026-11-25T08:00:00.000Z',
  proxies: { value: [{ pod: 'a', namespace: 'ai-spm', chain: 'c', roots: 'r' }] },
  istiods: { value: [{ pod: 'i', ready: true, signerEnd: 1, rootEnd: 2 }] },
  trustMaps: nothing,
  sealedSecrets: { value: [] },
  workloads: nothing,
  databaseRoles: nothing,
  gatewayCertificates: nothing,
  sealingKeys: { value: [{ name: 'key', fingerprint: 'f', notBefore: '2026-11-25T08:00:00.000Z' }] },
  remoteClusters: { value: [{ cluster: 'prod-us', state: 'synced', istiod: 'i' }] },
  accountTokens: {
    value: [{ namespace: 'istio-system', account: 'a', name: 't', filled: true, lastUsed: '2026-11-25' }],
  },
};

describe('saved facts', () => {
  it('are read as they were written', () => {
    const folder = temporaryTree({});
    const [path = ''] = saveFacts(folder, [FACTS]);

    expect(readFacts(folder)).toEqual([FACTS]);
    expect(path).toBe(join(folder, 'prod-eu.json'));
  });

  it.each<[string, (text: string) => string, string]>([
    ['cut off', (text) => text.slice(0, -20), 'JSON'],
    ['of another kind', () => '[1]', 'expected object'],
    ['that lacks a part', (text) => text.replace('"istiods"', '"istioos"'), 'istiods'],
    ['with a wrong field', (text) => text.replace('"signerEnd": 1', '"signerEnd": "never"'), 'istiods'],
    ['with a field of its own', (text) => text.replace('{', '{"__proto__x": 1,'), '__proto__x'],
    ['about another cluster', (text) => text.replace('prod-eu', 'prod-us'), 'it is about `prod-us`'],
    ['of no time', (text) => text.replace('2026-11-25T08:00:00.000Z', 'today'), 'collectedAt'],
  ])('a file %s is refused, with its name and the field', (_, spoil, message) => {
    const folder = temporaryTree({});
    const [path = ''] = saveFacts(folder, [FACTS]);
    writeFileSync(path, spoil(readFileSync(path, 'utf8')));
    let why = '';
    try {
      readFacts(folder);
    } catch (error) {
      const { what, details } = error as { what: string; details: { why?: string } };
      why = `${what}: ${details.why}`;
    }

    expect(why).toContain(`${path} is not what`);
    expect(why).toContain(message);
  });

  it('a folder without any is no empty cluster', () => {
    expect(() => readFacts(temporaryTree({ 'notes.txt': '' }))).toThrow('holds no facts');
    expect(() => readFacts(join(temporaryTree({}), 'none'))).toThrow('none');
  });
});
