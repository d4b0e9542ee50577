import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { applyGeneration } from '../generate/generate.ts';
import { planGeneration } from '../generate/plan.ts';
import { loadRecords } from '../records/load-records.ts';
import { platformPath } from '../rotate/cluster-files.ts';
import { withoutRegistration } from '../rotate/kinds/argocd-cluster.ts';
import { remoteSecretName } from '../rotate/kinds/remote-secret.ts';
import type { FileChanges } from '../rotate/rotation.ts';
import { runProcess } from '../system/run-process.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { writeFileAtomic } from '../system/write-file.ts';

/**
 * First of the two steps that remove a cluster: its record, its sealed secrets and what was generated go from the work tree. The cluster
 * itself keeps running until its Applications are deleted: the second step, which is printed.
 * @param confirm the name once more
 */
export async function removeCluster(root: string, name: string, confirm: string): Promise<number> {
  const { records } = loadRecords(openSourceTree(root));
  if (!records.some(({ record }) => record.name === name)) {
    const known = records.map(({ record }) => record.name).join(', ');
    throw new UserError(`there is no valid record of a cluster \`${name}\``, { fix: `take one of: ${known}` });
  }
  if (confirm !== name) {
    throw new UserError(`\`${confirm}\` is not the name of the cluster that is to be removed`, {
      fix: `to remove ${name}, give --confirm ${name}`,
    });
  }
  const heir = records.find(({ record }) => record.failover === name);
  if (heir) {
    throw new UserError(`${heir.file.path} names ${name} as its failover`, {
      why: 'its region would have nobody to take over',
      fix: `give ${heir.record.name} another failover first`,
    });
  }
  const folder = `clusters/${name}`;
  await refuseUncommitted(root, folder);
  const elsewhere = namedElsewhere(openSourceTree(root), name);
  for (const [path, text] of elsewhere) {
    if (text === undefined) rmSync(join(root, path), { force: true });
    else writeFileAtomic(join(root, path), text);
  }
  rmSync(join(root, folder), { recursive: true });
  const tree = openSourceTree(root);
  applyGeneration(root, planGeneration(tree, loadRecords(tree)));
  const removed = [...elsewhere].filter(([, text]) => text === undefined).map(([path]) => path);
  for (const path of [`${folder}/`, `argocd/clusters/${name}.yaml`, ...removed]) process.stdout.write(`- ${path}\n`);
  process.stdout.write('Commit and merge this. Everything keeps running until you delete its Applications too:\n');
  process.stdout.write(`  npm run cluster -- teardown ${name} --context MANAGEMENT-CLUSTER\n`);
  return 0;
}

/** What other members read it with, since an istiod that starts waits for a cluster that it cannot reach; and its registration with Argo CD. */
function namedElsewhere(tree: SourceTree, name: string): FileChanges {
  const peers = loadRecords(tree).records.map(({ record }) => platformPath(record.name, remoteSecretName(name)));
  const held = peers.filter((path) => tree.kind(path) === 'file');
  return new Map([...held.map((path) => [path, undefined] as const), ...withoutRegistration(tree, name)]);
}

/** What git has can be brought back. */
async function refuseUncommitted(root: string, folder: string): Promise<void> {
  const { code, stdout, stderr } = await runProcess('git', ['status', '--porcelain', '--', folder], { cwd: root });
  if (code === 0 && stdout === '') return;
  throw new UserError(`${folder} holds what git does not have`, {
    why: code === 0 ? stdout.trimEnd() : stderr.trim(),
    fix: 'commit it first: then it can be brought back',
  });
}
