import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { trunkOf } from '../diff/rows.ts';
import { applyGeneration } from '../generate/generate.ts';
import { guardedPlan } from '../generate/guarded-plan.ts';
import { scalar } from '../generate/scalar.ts';
import { isCommitName } from '../git/git.ts';
import { clusterRecordSchema } from '../records/cluster-record.ts';
import { type LoadedRecords, loadRecords } from '../records/load-records.ts';
import { log } from '../system/log.ts';
import { openSourceTree, overlayTree, type SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import type { YamlIssue } from '../yaml/validate-yaml.ts';
import { table } from './table.ts';

export interface NewCluster {
  overlay: string;
  ring: string;
  region: string;
  network: string;
  host: string;
  storageClass: string;
  sharedStorageClass: string;
  apiServer?: string;
  failover?: string;
}

/** Adds a cluster: its record, and all that is generated from it. Nothing is written unless the whole set of records is right. */
export function addCluster(root: string, name: string, options: NewCluster): number {
  if (!clusterRecordSchema.shape.name.safeParse(name).success) {
    throw new UserError(`\`${name}\` cannot be the name of a cluster`, {
      fix: 'use lower-case letters, digits and `-`, such as prod-eu',
    });
  }
  const disk = openSourceTree(root);
  const path = `clusters/${name}/cluster.yaml`;
  if (disk.kind(path) !== 'missing') {
    throw new UserError(`${path} exists already`, {
      fix: 'edit the record and run `npm run generate`, or choose another name',
    });
  }
  const tree = overlayTree(disk, { [path]: recordText(name, options) });
  const loaded = loadRecords(tree);
  const issues = [...loaded.invalid, ...loaded.conflicts.filter((conflict) => conflict.with !== path)];
  if (issues.length > 0) throw refusal(path, issues);
  const plan = guardedPlan(tree, loaded);
  mkdirSync(join(root, 'clusters', name), { recursive: true });
  writeFileAtomic(join(root, path), tree.read(path) ?? '');
  applyGeneration(root, plan);
  for (const written of [path, ...plan.writes.keys()]) process.stdout.write(`+ ${written}\n`);
  for (const line of heldLines(tree, loaded, name, options.ring)) log(line);
  return 0;
}

/** A ring that is held at a commit without the cluster has nothing for it, and the check refuses that (ARGO011). */
function heldLines(tree: SourceTree, { rings }: LoadedRecords, name: string, ring: string): string[] {
  const revision = rings.find((one) => one.name === ring)?.revision ?? '';
  if (!isCommitName(revision) || tree.readAt(revision, [`clusters/${name}/cluster.yaml`])?.[0] !== undefined) return [];
  const branch = trunkOf(tree);
  const open = rings.filter((one) => one.revision === branch).map((one) => one.name);
  const other = open.length > 0 ? `; or put the cluster into a ring that does: ${open.join(', ')}` : '';
  return [
    `ring ${ring} is held at ${revision.slice(0, 12)}, which has no clusters/${name}: Argo CD would find nothing to apply`,
    `let the ring follow ${branch} in the same change (\`npm run promote -- ${ring} ${branch}\`), and hold it again when that is merged${other}`,
  ];
}

export function listClusters(root: string): number {
  const { records } = loadRecords(openSourceTree(root));
  const rows = records.map(({ record }) => [
    record.name,
    record.overlay,
    record.ring,
    record.region,
    record.network,
    record.host,
  ]);
  process.stdout.write(table([['NAME', 'OVERLAY', 'RING', 'REGION', 'NETWORK', 'HOST'], ...rows]));
  return 0;
}

const OPTIONS: Readonly<Record<string, string>> = {
  apiServer: '--api-server',
  'storage.class': '--storage-class',
  'storage.sharedClass': '--shared-storage-class',
};

/** The new record is not on disk yet: of its fields the user knows the options that they come from. */
function refusal(path: string, issues: readonly YamlIssue[]): UserError {
  const lines = issues.map(({ source: { file, line, column }, field = [], message }) => {
    if (file !== path) return `${file}:${line}:${column}: ${message}`;
    const name = field.join('.');
    return message.replace(`\`${name}\``, OPTIONS[name] ?? `--${name}`);
  });
  const isElsewhere = issues.some(({ source }) => source.file !== path);
  return new UserError(
    `the cluster was not added, nothing was written\n${lines.map((line) => `  ${line}`).join('\n')}`,
    {
      fix: `give the options other values${isElsewhere ? ', and correct the files that are named' : ''}`,
    },
  );
}

function recordText(name: string, options: NewCluster): string {
  return `# yaml-language-server: $schema=../../schemas/cluster.schema.json
name: ${scalar(name)}
overlay: ${scalar(options.overlay)}
ring: ${scalar(options.ring)}
region: ${scalar(options.region)}
network: ${scalar(options.network)}
host: ${scalar(options.host)}
storage:
  class: ${scalar(options.storageClass)}
  sharedClass: ${scalar(options.sharedStorageClass)}
${options.apiServer ? `apiServer: ${scalar(options.apiServer)}\n` : ''}${options.failover ? `failover: ${scalar(options.failover)}\n` : ''}`;
}
