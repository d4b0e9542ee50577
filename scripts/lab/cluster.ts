import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runProcess } from '../system/run-process.ts';
import { waitFor } from '../system/wait-for.ts';
import { type Host, insideHost, linkHost, makeState, runningHost, startHost, stopHost } from './host.ts';
import { writeIdentity } from './identity.ts';
import { type Kubectl, kubectlFor } from './kubectl.ts';
import { LAB, type LabCluster } from './layout.ts';
import type { ModuleFolders } from './modules.ts';
import type { Programs } from './programs.ts';
import { progress } from './progress.ts';

const VOLUMES = 10;

/** Brings a cluster from nothing, or from wherever an earlier start stopped, to a node that runs pods. */
export async function upCluster(
  cluster: LabCluster,
  programs: Programs,
  modules: ModuleFolders,
  archive: string,
): Promise<void> {
  makeState(cluster);
  await writeIdentity(cluster);
  const host = runningHost(cluster) ?? (await startAnew(cluster, programs));
  await linkHost(cluster, host);
  const kubectl = adminOf(cluster);
  const logs = join(cluster.state, 'var/log');
  const waiting = { timeoutMs: 180_000, fix: `the logs are in ${logs}` };
  const importing = importImages(cluster, host, archive);
  await waitFor(() => kubectl(['get', '--raw', '/readyz']), { ...waiting, what: `the API server of ${cluster.name}` });
  progress(`${cluster.name}: the API server is ready`);
  await importing;
  await applyAddons(cluster, kubectl, modules);
  await kubectl(['wait', 'node', cluster.name, '--for=condition=Ready', '--timeout=120s']);
  const deployments = ['deployment', '--all', '--for=condition=Available', '--timeout=180s'];
  for (const namespace of ['kube-system', 'metallb-system']) await kubectl(['wait', '-n', namespace, ...deployments]);
  await applyAddressPool(cluster, kubectl);
  progress(`${cluster.name}: the node is ready`);
}

async function startAnew(cluster: LabCluster, programs: Programs): Promise<Host> {
  // What a start that was cut off may have left.
  await stopHost(cluster);
  return startHost(cluster, programs.folders);
}

export function adminOf(cluster: LabCluster): Kubectl {
  return kubectlFor(join(cluster.state, 'pki/admin.kubeconfig'), cluster.name);
}

async function importImages(cluster: LabCluster, host: Host, archive: string): Promise<void> {
  const marker = join(cluster.state, 'images');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === basename(archive)) return;
  const command = ['ctr', '--namespace', 'k8s.io', 'images', 'import', archive];
  const args = [...insideHost(host), ...command];
  await waitFor(
    async () => {
      const { code, stderr } = await runProcess('nsenter', args);
      if (code !== 0) throw new Error(stderr);
      return true;
    },
    {
      what: `the import of the images into ${cluster.name}`,
      timeoutMs: 300_000,
      fix: `see ${cluster.state}/var/log/containerd.log`,
    },
  );
  writeFileSync(marker, basename(archive));
  progress(`${cluster.name}: the images are in`);
}

async function applyAddons(cluster: LabCluster, kubectl: Kubectl, modules: ModuleFolders): Promise<void> {
  const addon = (name: string) => readFileSync(join(LAB, 'cluster/addons', name), 'utf8');
  const volumes = Array.from({ length: VOLUMES }, (_, index) =>
    addon('persistent-volume.yaml').replaceAll('NUMBER', `${index + 1}`),
  );
  const metallb = readFileSync(join(modules.metallb, 'config/manifests/metallb-native.yaml'), 'utf8');
  const manifests = [addon('coredns.yaml'), addon('storage-class.yaml'), ...volumes, metallb].join('\n---\n');
  const apply = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
  await waitFor(() => kubectl(apply, { stdin: manifests }), {
    what: `the add-ons of ${cluster.name}`,
    timeoutMs: 120_000,
    fix: 'correct what the API server says',
  });
}

/** Its controller answers for the kinds, so it must be ready. */
async function applyAddressPool(cluster: LabCluster, kubectl: Kubectl): Promise<void> {
  const pool = readFileSync(join(LAB, 'cluster/addons/address-pool.yaml'), 'utf8');
  const stdin = pool.replace('LOAD_BALANCER_ADDRESSES', cluster.loadBalancerRange);
  await waitFor(() => kubectl(['apply', '-f', '-'], { stdin }), {
    what: `the address pool of ${cluster.name}`,
    timeoutMs: 120_000,
    fix: `look at the pods in metallb-system of ${cluster.name}`,
  });
}
