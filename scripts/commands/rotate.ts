import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { FEDERATION_OVERLAY } from '../records/cluster-record.ts';
import { clusterSealingCertificate } from '../rotate/cluster-sealing-key.ts';
import { peersOf } from '../rotate/federation-members.ts';
import { isWaiting, waitsFor } from '../rotate/first-authority.ts';
import { answerInit, initCluster } from '../rotate/init.ts';
import { readAuthority } from '../rotate/mesh-authority.ts';
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
  meshRequest?: boolean;
  rsa?: boolean;
  chain?: string;
  rootCertificate?: string;
}

/** Seals the first secrets of a cluster, or takes what an authority has answered to its request. */
export async function init(root: string, cluster: string, options: RotateInitOptions): Promise<number> {
  const now = new Date();
  const tree = openSourceTree(root);
  const [record] = chosenClusters(tree, [cluster]);
  demandUse(options);
  if (options.chain) {
    const [chain, rootCertificate] = [options.chain, options.rootCertificate].map((path) => path && given(path));
    show(answerInit(root, cluster, { chain: chain ?? '', ...(rootCertificate ? { rootCertificate } : {}), now }));
    return 0;
  }
  const certificate = await sealingCertificate(options, cluster, tree.read(`clusters/${cluster}/sealing.crt`), now);
  const meshRoot = options.meshRoot ? { root: await readRootFile(resolve(callerFolder(), options.meshRoot)) } : {};
  const request = options.meshRequest ? { request: { rsa: options.rsa ?? false } } : {};
  const written = await initCluster(root, cluster, { certificate, now, ...meshRoot, ...request });
  show(written);
  const after = openSourceTree(root);
  if (peersOf(after, cluster).length > 0) {
    log('other members of the federation read it with remote secrets: npm run rotate -- plan remote-secret');
  }
  const lacksAuthority = record?.overlay === FEDERATION_OVERLAY && !readAuthority(after, cluster);
  if (isWaiting(after, cluster)) log(waitsFor(cluster));
  else if (lacksAuthority) {
    log(
      `${cluster} is of the federation and has no authority under the root of the mesh: no other member trusts what its istiod signs by itself. ` +
        `Run this again with --mesh-root FILE, which \`npm run rotate -- root FILE\` makes, or with --mesh-request where the root is held outside`,
    );
  } else if (written.length === 0) process.stdout.write(`nothing to do: ${cluster} has its secrets\n`);
  return 0;
}

/** @throws UserError where an option would be left unused */
function demandUse({ rootCertificate, chain, rsa, meshRequest }: RotateInitOptions): void {
  const wrong =
    rootCertificate && !chain ? ['root-certificate', 'chain FILE'] : rsa && !meshRequest ? ['rsa', 'mesh-request'] : [];
  if (wrong.length === 0) return;
  throw new UserError(`--${wrong[0]} says nothing without --${wrong[1]}`, { fix: `give --${wrong[1]} too` });
}

function show(written: readonly string[]): void {
  for (const path of written) process.stdout.write(`+ ${path}\n`);
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
  if (certificate) return { pem: given(certificate), origin: certificate };
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

/** Text of a file that a person has named. */
function given(path: string): string {
  try {
    return readFileSync(resolve(callerFolder(), path), 'utf8');
  } catch (error) {
    throw readError(path, error);
  }
}
