import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { applyGeneration } from '../generate/generate.ts';
import { guardedPlan } from '../generate/guarded-plan.ts';
import { loadRecords } from '../records/load-records.ts';
import { platformPath } from '../rotate/cluster-files.ts';
import { withoutRegistration } from '../rotate/kinds/argocd-cluster.ts';
import { remoteSecretName } from '../rotate/kinds/remote-secret.ts';
import type { FileChanges } from '../rotate/rotation.ts';
import { runProcess } from '../system/run-process.ts';
import { openSourceTree, overlayTree, type SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { writeFileAtomic } from '../system/write-file.ts';

/** Takes a cluster out of the work tree, and says what comes next. */
export async function removeClusterAndTell(root: string, name: string, confirm: string): Promise<number> {
  for (const path of await removeCluster(root, name, confirm)) process.stdout.write(`- ${path}\n`);
  process.stdout.write('Commit and merge this. Everything keeps running until you delete its Applications too:\n');
  process.stdout.write(`  npm run cluster -- teardown ${name} --context MANAGEMENT-CLUSTER\n`);
  return 0;
}

/**
 * First of the two steps that remove a cluster: its record, its sealed secrets and what was generated go from the work tree. The cluster
 * itself keeps running until its Applications are deleted, the second step.
 * @param confirm the name once more
 * @returns what was removed
 */
export async function removeCluster(root: string, name: string, confirm: string): Promise<string[]> {
  const tree = openSourceTree(root);
  const { records } = loadRecords(tree);
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
  const elsewhere = namedElsewhere(tree, name);
  const inFolder = tree.list(folder).map((path) => [path, undefined] as const);
  const plan = guardedPlan(overlayTree(tree, new Map([...inFolder, ...elsewhere])));
  await refuseUncommitted(root, [folder, ...elsewhere.keys(), ...plan.orphans]);
  for (const [path, text] of elsewhere) {
    if (text === undefined) rmSync(join(root, path), { force: true });
    else writeFileAtomic(join(root, path), text);
  }
  rmSync(join(root, folder), { recursive: true });
  applyGeneration(root, plan);
  const removed = [...elsewhere].filter(([, text]) => text === undefined).map(([path]) => path);
  return [`${folder}/`, `argocd/clusters/${name}.yaml`, ...removed];
}

/** What other members read it with, since an istiod that starts waits for a cluster that it cannot reach; and its registration with Argo CD. */
function namedElsewhere(tree: SourceTree, name: string): FileChanges {
  const peers = loadRecords(tree).records.map(({ record }) => platformPath(record.name, remoteSecretName(name)));
  const held = peers.filter((path) => tree.kind(path) === 'file');
  return new Map([...held.map((path) => [path, undefined] as const), ...withoutRegistration(tree, name)]);
}

/** What git has can be brought back; what it was told to ignore, it has not. */
async function refuseUncommitted(root: string, paths: readonly string[]): Promise<void> {
  const args = ['status', '--porcelain', '--ignored', '--untracked-files=all', '--', ...paths];
  const { code, stdout, stderr } = await runProcess('git', args, { cwd: root });
  if (code === 0 && stdout === '') return;
  throw new UserError('what would be removed holds what git does not have', {
    why: code === 0 ? stdout.trimEnd() : stderr.trim(),
    fix: 'commit it first: then it can be brought back',
  });
}
