import { describe, expect, it } from 'vitest';
import { accessSchema } from '../access/access-file.ts';
import { clusterRecordSchema, ringsSchema } from '../records/cluster-record.ts';
import { validateYaml } from './validate-yaml.ts';
import { parseYaml } from './yaml-file.ts';

const EDGE = (fields: string) => parseYaml('access.yaml', `edges:\n  - { from: a, to: b, port: 80, ${fields} }\n`);
const RECORD =
  'name: a\noverlay: prod\nring: first\nregion: eu\nnetwork: n\nhost: a.example.com\nstorage:\n  class: block\n  sharedClass: file\n';

describe('validateYaml', () => {
  it.each([
    ['mehtods: [GET]', 'edge 1: `mehtods` is not a known field; did you mean `methods`?'],
    ['color: red', 'edge 1: `color` is not a known field (from, to, port, methods, paths)'],
    [
      'methods: [PSOT]',
      'edge 1: entry 1 of `methods` is `PSOT`, expected one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; did you mean `POST`?',
    ],
    ['methods: []', 'edge 1: `methods` must not be empty'],
    ['methods: GET', 'edge 1: `methods` must be a list, is text'],
    ['paths: [health]', 'edge 1: entry 1 of `paths` must begin with `/`'],
    ['paths: [7]', 'edge 1: entry 1 of `paths` must be text, is a number: put quotes around it'],
  ])('tells of an edge with %s in words', (fields, message) => {
    expect(validateYaml(EDGE(fields), accessSchema).issues.map((issue) => issue.message)).toEqual([message]);
  });

  it.each([
    ['port: 99999', 'edge 1: `port` must be at most 65535'],
    ['port: 0', 'edge 1: `port` must be at least 1'],
    ['port: 1.5', 'edge 1: `port` must be a whole number, is a number'],
    ['port:', 'edge 1: `port` has no value, expected a number'],
  ])('tells of %s in words', (port, message) => {
    const file = parseYaml('access.yaml', `edges:\n  - from: a\n    to: b\n    ${port}\n`);
    expect(validateYaml(file, accessSchema).issues).toMatchObject([{ message, source: { line: 4 } }]);
  });

  it('counts elements from 1 and names the file itself', () => {
    const messages = (text: string) =>
      validateYaml(parseYaml('rings.yaml', text), ringsSchema).issues.map(({ message }) => message);
    expect(messages('rings:\n  - { name: a, revision: main }\n  - dev\n')).toEqual(['ring 2 must be a map, is text']);
    expect(messages('- a\n')).toEqual(['the file must be a map, is a list']);
  });

  it('reports a misspelt field once, where it stands, and not as missing too', () => {
    const file = parseYaml('cluster.yaml', RECORD.replace('sharedClass', 'sharedclass'));
    expect(validateYaml(file, clusterRecordSchema).issues).toEqual([
      {
        source: { file: 'cluster.yaml', line: 9, column: 3, endColumn: 14 },
        message: '`storage.sharedclass` is not a known field; did you mean `sharedClass`?',
        field: ['storage', 'sharedClass'],
      },
    ]);
  });

  it('does not suggest a field that is there already', () => {
    const file = parseYaml('cluster.yaml', `${RECORD}rings: x\n`);
    expect(validateYaml(file, clusterRecordSchema).issues[0]?.message).toContain('(name, overlay, ring,');
  });

  it('marks what is wrong with the YAML itself', () => {
    const [issue] = validateYaml(parseYaml('cluster.yaml', `${RECORD}name: b\n`), clusterRecordSchema).issues;
    expect(issue).toMatchObject({ isSyntax: true, source: { line: 10 } });
  });
});
