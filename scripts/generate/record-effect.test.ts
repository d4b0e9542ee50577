import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Document, parseDocument } from 'yaml';
import { clusterRecordSchema } from '../records/cluster-record.ts';
import { loadRecords } from '../records/load-records.ts';
import { renderTargets } from '../render/render.ts';
import { noCache } from '../render/render-cache.ts';
import { readRepository } from '../sources/repository.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { applyGeneration } from './generate.ts';
import { planGeneration } from './plan.ts';

const ROOT = resolve(__dirname, '..', '..');
const CLUSTER = 'prod-us';

/** Another legal value for every field of a record. A field of the schema without one here fails the test. */
const CHANGES: Record<string, [path: string[], value: unknown]> = {
  name: [['name'], 'prod-ca'],
  overlay: [['overlay'], 'prod'],
  ring: [['ring'], 'first'],
  region: [['region'], 'us-west-2'],
  network: [['network'], 'network-west'],
  host: [['host'], 'ai-spm.west.example.com'],
  storage: [['storage', 'class'], 'io2'],
  'storage.class': [['storage', 'class'], 'io2'],
  'storage.sharedClass': [['storage', 'sharedClass'], 'lustre'],
  'storage.databaseSize': [['storage', 'databaseSize'], '600Gi'],
  'storage.claimSizes': [['storage', 'claimSizes', 'data-integrity'], '60Gi'],
  imageRegistry: [['imageRegistry'], 'registry.us.example.com'],
  autoscaling: [['autoscaling', 'ai-scanner', 'max'], 30],
  components: [['components'], ['without-cni']],
  platform: [['platform'], ['istio-csr']],
  istioCanary: [['istioCanary'], ['ai-spm']],
  failover: [['failover'], 'prod-ap'],
};

/** Goes sealed to the other members, and to Argo CD: see the kinds remote-secret and argocd-cluster. */
const ELSEWHERE = 'apiServer';

/** The rendered cluster after a change of its record. */
async function rendered(change?: [path: string[], value: unknown]): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'ai-spm-mesh-record-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const folder of ['base', 'overlays', 'clusters', 'argocd', 'schemas'])
    cpSync(join(ROOT, folder), join(root, folder), { recursive: true });
  let name = CLUSTER;
  if (change) {
    const [path, value] = change;
    const text = openSourceTree(root).read(`clusters/${CLUSTER}/cluster.yaml`) ?? '';
    const record = parseDocument(text);
    record.setIn(path, value);
    // Failover is for members of the federation only.
    if (path[0] === 'overlay') record.deleteIn(['failover']);
    if (path[0] === 'name') {
      name = String(value);
      renameSync(join(root, 'clusters', CLUSTER), join(root, 'clusters', name));
      for (const peer of ['prod-eu', 'prod-ap']) {
        const file = join(root, 'clusters', peer, 'cluster.yaml');
        writeFileAtomic(file, readFileSync(file, 'utf8').replace(`failover: ${CLUSTER}`, `failover: ${name}`));
      }
    }
    writeFileAtomic(join(root, 'clusters', name, 'cluster.yaml'), new Document(record.toJS()).toString());
  }
  const tree = openSourceTree(root);
  applyGeneration(root, planGeneration(tree, loadRecords(tree)));
  const fresh = openSourceTree(root);
  const target = readRepository(fresh).targets.filter(({ name: one }) => one === `clusters/${name}`);
  const [build] = await renderTargets(await realKustomize(), fresh, target, noCache);
  expect(build?.failure).toBeUndefined();
  return build?.text ?? '';
}

let unchanged: Promise<string> | undefined;

it.each(fieldNames())('record field %s changes what the cluster renders to', async (field) => {
  expect(Object.keys(CHANGES), 'a change to try').toContain(field);

  unchanged ??= rendered();
  expect(await rendered(CHANGES[field])).not.toBe(await unchanged);
});

function fieldNames(): string[] {
  const { shape } = clusterRecordSchema;
  return [
    ...Object.keys(shape).filter((name) => name !== ELSEWHERE),
    ...Object.keys(shape.storage.shape).map((name) => `storage.${name}`),
  ];
}
