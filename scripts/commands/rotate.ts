import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FEDERATION_OVERLAY } from '../records/cluster-record.ts';
import { platformPath } from '../rotate/cluster-files.ts';
import { clusterSealingCertificate } from '../rotate/cluster-sealing-key.ts';
import { peersOf } from '../rotate/federation-members.ts';
import { initCluster } from '../rotate/init.ts';
import { readRootFile, writeRootFile } from '../secrets/root-file.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { readError } from '../system/file-error.ts';
import { log } from '../system/log.ts';
import { shellWord } from '../system/shell-word.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { checkReachable, connect, knownClusterName } from '../verify/connection.ts';
import { chosenClusters } from './rotation-clusters.ts';

export interface RotateInitOptions {
  context?: string;
  kubeconfig?: string;
  certificate?: string;
  meshRoot?: string;
}

/** Seals the first secrets of a cluster. */
export async function init(root: string, cluster: string, options: RotateInitOptions): Promise<number> {
  const now = new Date();
  const tree = openSourceTree(root);
  const [record] = chosenClusters(tree, [cluster]);
  const certificate = await sealingCertificate(options, cluster, tree.read(`clusters/${cluster}/sealing.crt`), now);
  const meshRoot = options.meshRoot ? { root: await readRootFile(resolve(callerFolder(), options.meshRoot)) } : {};
  const written = await initCluster(root, cluster, { certificate, now, ...meshRoot });
  for (const path of written) process.stdout.write(`+ ${path}\n`);
  if (peersOf(openSourceTree(root), cluster).length > 0) {
    log('other members of the federation read it with remote secrets: npm run rotate -- plan remote-secret');
  }
  const lacksAuthority =
    record?.overlay === FEDERATION_OVERLAY && !existsSync(join(root, platformPath(cluster, 'cacerts')));
  if (lacksAuthority) {
    log(
      `${cluster} is of the federation and has no authority under the root of the mesh: no other member trusts what its istiod signs by itself. ` +
        `Run this again with --mesh-root FILE, which \`npm run rotate -- root FILE\` makes`,
    );
  } else if (written.length === 0) process.stdout.write(`nothing to do: ${cluster} has its secrets\n`);
  return 0;
}

/** Makes the root of the mesh, in a file that stays outside the repository. */
export async function root(path: string, { rsa = false }: { rsa?: boolean } = {}): Promise<number> {
  await writeRootFile(resolve(callerFolder(), path), new Date(), rsa);
  process.stdout.write(`+ ${path}\n`);
  return 0;
}

async function sealingCertificate(
  { context, kubeconfig, certificate }: RotateInitOptions,
  cluster: string,
  committed: string | undefined,
  now: Date,
): Promise<{ pem: string; origin: string }> {
  if (certificate && context) {
    throw new UserError('--certificate and --context cannot be given together', {
      why: 'each of them says with which key the cluster opens its secrets, and they may differ',
      fix: 'give --context CONTEXT; --certificate FILE alone where the cluster cannot be reached',
    });
  }
  if (certificate) return { pem: readFile(resolve(callerFolder(), certificate)), origin: certificate };
  if (!context) {
    throw new UserError('it is not known with which key the cluster opens its secrets', {
      fix: 'give --context CONTEXT, or --certificate FILE with what the controller of the cluster seals with',
    });
  }
  const connection = connect(context, kubeconfig);
  await checkReachable(connection);
  const name = await knownClusterName(connection);
  if (name !== undefined && name !== cluster) {
    throw new UserError(`the cluster of context \`${context}\` is ${name}, not ${cluster}`, {
      why: 'ConfigMap ai-spm/cluster-info there says so; what is sealed to its key, no other cluster opens',
      fix: `give the context of ${cluster}, or: npm run rotate -- init ${shellWord(name)}`,
    });
  }
  const pem = await clusterSealingCertificate(connection, now, committed);
  return { pem, origin: `the cluster of context \`${context}\`` };
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw readError(path, error);
  }
}
