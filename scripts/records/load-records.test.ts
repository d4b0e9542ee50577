import { describe, expect, it } from 'vitest';
import { treeOf } from '../system/source-tree.ts';
import { loadRecords } from './load-records.ts';

function record(name: string, change: (text: string) => string = (text) => text): Record<string, string> {
  const text = `name: ${name}
overlay: prod
ring: first
region: eu-west-1
network: ai-spm-network
host: ${name}.example.com
storage:
  class: block
  sharedClass: file
`;
  return { [`clusters/${name}/cluster.yaml`]: change(text) };
}

function member(name: string, region: string, failover: string): Record<string, string> {
  return record(name, (text) =>
    text
      .replace('prod', 'federation')
      .replace('eu-west-1', region)
      .replace('ai-spm-network', `network-${name}`)
      .concat(`failover: ${failover}\n`),
  );
}

function issuesOf(...records: Record<string, string>[]): string[] {
  const tree = treeOf({
    'argocd/rings.yaml': 'rings:\n  - { name: first, revision: main }\n',
    'overlays/prod/kustomization.yaml': '',
    'overlays/federation/kustomization.yaml': '',
    ...Object.assign({}, ...records),
  });
  const { invalid, conflicts } = loadRecords(tree);
  return [...invalid, ...conflicts].map(
    ({ source: { file, line, column }, message }) => `${file}:${line}:${column} ${message}`,
  );
}

describe('loadRecords', () => {
  it('accepts clusters alone and in a federation', () => {
    expect(issuesOf(record('one'), record('two'), member('a', 'eu-1', 'b'), member('b', 'us-1', 'a'))).toEqual([]);
  });

  it('reports every mistake of every record at once, each at its field', () => {
    const first = record('one', (text) =>
      text.replace('host: one.example.com', 'host: One').replace('region: eu-west-1\n', '').concat('zone: a\n'),
    );
    const second = record('two', (text) => text.replace('class: block', 'class: [block]'));
    expect(issuesOf(first, second)).toEqual([
      expect.stringContaining('clusters/one/cluster.yaml:1:1 `region` is missing'),
      expect.stringContaining('clusters/one/cluster.yaml:5:7 `host` must be'),
      expect.stringContaining('clusters/one/cluster.yaml:9:1 `zone` is not a known field'),
      expect.stringContaining('clusters/two/cluster.yaml:8:3 `storage.class`'),
    ]);
  });

  it.each([
    [
      'a name that is not its folder',
      record('one', (text) => text.replace('name: one', 'name: two')),
      '1:7 `name` is two, and the folder is one',
    ],
    [
      'an overlay that does not exist',
      record('one', (text) => text.replace('prod', 'production')),
      '2:10 `overlay` production does not exist',
    ],
    ['a ring that does not exist', record('one', (text) => text.replace('first', 'last')), '3:7 `ring` last is not in'],
    [
      'a component that does not exist',
      record('one', (text) => `${text}components: [canarie]\n`),
      '10:14 `components` names canarie',
    ],
    [
      'a range upside down',
      record('one', (text) => `${text}autoscaling:\n  api: { min: 3, max: 2 }\n`),
      '`autoscaling.api` has min 3 above max 2',
    ],
    [
      'failover outside a federation',
      record('one', (text) => `${text}failover: one\n`),
      '10:11 `failover` is for clusters of the overlay federation only',
    ],
  ])('refuses %s', (_, records, issue) => {
    expect(issuesOf(records)).toEqual([expect.stringContaining(issue)]);
  });

  it('refuses two clusters with one host', () => {
    expect(
      issuesOf(
        record('one'),
        record('two', (text) => text.replace('two.example', 'one.example')),
      ),
    ).toHaveLength(2);
  });

  it('refuses one API server under two names', () => {
    const at = (server: string) => (text: string) => `${text}apiServer: https://${server}\n`;
    expect(issuesOf(record('one', at('k8s.example.com')), record('two', at('k8s.example.com')))).toHaveLength(2);
    expect(issuesOf(record('one', at('one.example.com:6443')), record('two', at('10.1.2.3:6443/two')))).toEqual([]);
  });

  it.each([
    ['http://k8s.example.com', 'must be an address such as'],
    ['https://user@k8s.example.com', 'must be an address such as'],
    ['https://k8s.example.com/', 'must be an address such as'],
    ['https://127.0.0.1:6443', 'must be an address that other clusters reach'],
  ])('refuses %s as an API server', (server, message) => {
    expect(issuesOf(record('one', (text) => `${text}apiServer: ${server}\n`))).toEqual([
      expect.stringContaining(`:10:12 \`apiServer\` ${message}`),
    ]);
  });

  it('refuses members of the federation that share a network, and others may', () => {
    const clash = member('b', 'us-1', 'a');
    clash['clusters/b/cluster.yaml'] = clash['clusters/b/cluster.yaml']?.replace('network-b', 'network-a') ?? '';
    expect(issuesOf(member('a', 'eu-1', 'b'), clash)).toEqual([
      expect.stringContaining('`network` network-a is also'),
      expect.stringContaining('`network` network-a is also'),
    ]);
  });

  it('refuses a failover to nowhere, to the same region, or none at all', () => {
    expect(issuesOf(member('a', 'eu-1', 'c'), member('b', 'us-1', 'a'))).toEqual([
      expect.stringContaining('`failover` c is not a member'),
    ]);
    expect(issuesOf(member('a', 'eu-1', 'b'), member('b', 'eu-1', 'a'))).toHaveLength(2);
    const alone = member('a', 'eu-1', 'b');
    alone['clusters/a/cluster.yaml'] = alone['clusters/a/cluster.yaml']?.replace(/failover.*\n/, '') ?? '';
    expect(issuesOf(alone, member('b', 'us-1', 'a'))).toEqual([expect.stringContaining('`failover` is missing')]);
    expect(issuesOf(alone)).toEqual([]);
  });

  it('refuses files that are no single YAML document', () => {
    expect(issuesOf({ 'clusters/one/cluster.yaml': '' })).toEqual([
      expect.stringContaining('must hold one YAML document, has 0'),
    ]);
    expect(issuesOf(record('one', (text) => `${text}name: one\n`))).toEqual([expect.stringContaining(':10:1')]);
  });

  it('checks of an invalid record what is valid', () => {
    const broken = record('one', (text) =>
      text.replace('one.example.com', 'AI.example').replace('prod', 'federaton').replace('first', 'frist'),
    );
    expect(issuesOf(broken)).toEqual([
      expect.stringContaining(':6:7 `host` must be'),
      expect.stringMatching(/:2:10 `overlay` federaton does not exist: .*did you mean `federation`\?$/),
      expect.stringMatching(/:3:7 `ring` frist is not in .*did you mean `first`\?$/),
    ]);
  });

  it.each([
    ['an invalid host', (text: string) => text.replace('b.example.com', 'B')],
    ['an invalid overlay', (text: string) => text.replace('federation', 'Federation')],
    ['an overlay that does not exist', (text: string) => text.replace('federation', 'federaton')],
    ['a misspelt field', (text: string) => text.replace('failover', 'failovr')],
    ['an invalid region', (text: string) => text.replace('us-1', 'US')],
    ['an invalid name', (text: string) => text.replace('name: b', 'name: B')],
    ['a name that is not its folder', (text: string) => text.replace('name: b', 'name: a')],
    ['a key twice', (text: string) => `${text}name: b\n`],
  ])('finds %s alone, and nothing in the neighbours', (_, change) => {
    const path = 'clusters/b/cluster.yaml';
    const broken = { [path]: change(member('b', 'us-1', 'a')[path] ?? '') };
    expect(issuesOf(member('a', 'eu-1', 'b'), broken)).toEqual([expect.stringContaining(path)]);
  });

  it('reports a ring that is listed twice, at the second', () => {
    const rings = 'rings:\n  - { name: first, revision: main }\n  - { name: first, revision: next }\n';
    expect(issuesOf(record('one'), { 'argocd/rings.yaml': rings })).toEqual([
      'argocd/rings.yaml:3:13 ring 2: `name` first is also the name of ring 1',
    ]);
  });

  it('suggests the name that a misspelt one is near to', () => {
    expect(issuesOf(member('alpha', 'eu-1', 'betta'), member('beta', 'us-1', 'alpha'))).toEqual([
      expect.stringContaining('did you mean `beta`?'),
    ]);
  });
});
