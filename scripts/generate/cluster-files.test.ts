import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type ClusterRecord, clusterRecordSchema } from '../records/cluster-record.ts';
import { readRotationFile } from '../rotate/rotation-file.ts';
import { treeOf } from '../system/source-tree.ts';
import { clusterFiles } from './cluster-files.ts';
import { isEdited, isGenerated, toRecordSource } from './generated-file.ts';

const AROUND = {
  revision: 'main',
  sealed: { secrets: [], platform: [] },
  consumers: [],
  inUse: readRotationFile(treeOf({}), 'none').inUse,
  images: ['ghcr.io/ai-spm/ai-scanner', 'docker.io/library/postgres'],
};

/** Names that YAML 1.1 or 1.2 readers take for something else are the ones that must be quoted. */
const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/),
  fc.constantFrom('on', 'no', 'y', 'null', '1e3', '0x10', '123', '007', 'true'),
);
const size = fc.integer({ min: 1, max: 9999 }).map((number) => `${number}Gi`);
const record: fc.Arbitrary<ClusterRecord> = fc.record(
  {
    name: label,
    overlay: fc.constantFrom('dev', 'prod', 'federation'),
    ring: label,
    region: label,
    network: label,
    host: label.map((name) => `${name}.example.com`),
    storage: fc.record(
      { class: label, sharedClass: label, databaseSize: size, claimSizes: fc.dictionary(label, size, { maxKeys: 3 }) },
      { requiredKeys: ['class', 'sharedClass'] },
    ),
    imageRegistry: label.map((name) => `${name}.example.com/mirror`),
    autoscaling: fc.dictionary(label, fc.constantFrom({ min: 1, max: 2 }, { min: 3, max: 9 }), { maxKeys: 3 }),
    platform: fc.constant(['istio-csr']),
    istioCanary: fc.uniqueArray(fc.constantFrom('ai-spm', 'istio-eastwest', 'istio-ingress')),
    failover: label,
  },
  { requiredKeys: ['name', 'overlay', 'ring', 'region', 'network', 'host', 'storage'] },
) as fc.Arbitrary<ClusterRecord>;

describe('clusterFiles', () => {
  it('gives the same bytes for the same record, each file valid YAML that says it is generated', () => {
    fc.assert(
      fc.property(record, label, (value, failoverRegion) => {
        expect(clusterRecordSchema.safeParse(value).error).toBeUndefined();
        const around = { ...AROUND, failoverRegion };
        const files = clusterFiles(value, around);
        expect(clusterFiles(structuredClone(value), around)).toEqual(files);
        for (const [path, text] of files) {
          const [document] = parseAllDocuments(text) as ReturnType<typeof parseAllDocuments> & { errors?: unknown }[];
          expect((document as { errors: unknown[] }).errors, path).toEqual([]);
          expect([isGenerated(text), isEdited(text)]).toEqual([true, false]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('carries every value through YAML unchanged, however odd the name', () => {
    fc.assert(
      fc.property(record, (value) => {
        const files = clusterFiles(value, AROUND);
        const info = parsed(files, `clusters/${value.name}/cluster-info.yaml`) as { data: unknown };
        expect(info.data).toEqual({ name: value.name, network: value.network, region: value.region, ring: value.ring });
        const kustomization = parsed(files, `clusters/${value.name}/kustomization.yaml`) as {
          patches: { target: { kind: string }; patch: string }[];
        };
        const claims = kustomization.patches.find(({ target }) => target.kind === 'PersistentVolumeClaim');
        expect(parseAllDocuments(claims?.patch ?? '', { version: '1.1' })[0]?.toJS()).toEqual([
          { op: 'add', path: '/spec/storageClassName', value: value.storage.sharedClass },
        ]);
      }),
    );
  });

  it('resolves the revision of the ring for Argo CD', () => {
    const [value] = fc.sample(record, { numRuns: 1, seed: 1 }) as [ClusterRecord];
    const row = (revision: string) =>
      parsed(clusterFiles(value, { ...AROUND, revision }), `argocd/clusters/${value.name}.yaml`);
    expect(row('4f2a9c1')).toEqual({ ...(row('main') as object), revision: '4f2a9c1' });
    expect(row('main')).toMatchObject({ name: value.name, ring: value.ring, path: `clusters/${value.name}` });
  });

  it('knows for every line with a value the field of the record to edit', () => {
    const text =
      'name: demo\noverlay: prod\nring: first\nregion: eu-1\nnetwork: n\nhost: demo.example.com\nstorage:\n  class: block\n  sharedClass: file\n';
    const value = {
      name: 'demo',
      overlay: 'prod',
      ring: 'first',
      region: 'eu-1',
      network: 'n',
      host: 'demo.example.com',
      storage: { class: 'block', sharedClass: 'file' },
    };
    const tree = treeOf({ 'clusters/demo/cluster.yaml': text, ...Object.fromEntries(clusterFiles(value, AROUND)) });
    const file = 'clusters/demo/kustomization.yaml';
    const line = (tree.read(file) ?? '').split('\n').findIndex((one) => one.includes('value: file')) + 1;
    expect(toRecordSource(tree, { file, line, column: 16 })).toMatchObject({
      file: 'clusters/demo/cluster.yaml',
      line: 9,
      column: 16,
    });
    expect(toRecordSource(tree, { file, line: 2, column: 1 })).toMatchObject({
      file: 'clusters/demo/cluster.yaml',
      line: 1,
    });
    const other = { file: 'base/x.yaml', line: 3, column: 4 };
    expect(toRecordSource(tree, other)).toBe(other);
  });
});

function parsed(files: ReadonlyMap<string, string>, path: string): unknown {
  const [document] = parseAllDocuments(files.get(path) ?? '', { version: '1.1' });
  return document?.toJS();
}
