import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runs } from '../system/process-identity.ts';
import { waitFor } from '../system/wait-for.ts';
import { type Host, hostEnded, linkHost, makeState, runningHost, startHost, stopHost } from './host.ts';
import { writeIdentity } from './identity.ts';
import { copyStore } from './images.ts';
import { type Kubectl, kubectlFor } from './kubectl.ts';
import { LAB, type LabCluster } from './layout.ts';
import type { ModuleFolders } from './modules.ts';
import type { Programs } from './programs.ts';
import { progress } from './progress.ts';

/** As many as host.sh makes folders. A volume that was given back is not used again. */
const VOLUMES = 40;

/** Brings a cluster from nothing, or from wherever an earlier start stopped, to an API server that answers. */
export async function startCluster(cluster: LabCluster, programs: Programs, images: string): Promise<void> {
  makeState(cluster);
  await writeIdentity(cluster);
  const host = runningHost(cluster) ?? (await startAnew(cluster, programs, images));
  await linkHost(cluster, host);
  const kubectl = adminOf(cluster);
  const logs = join(cluster.state, 'var/log');
  const waiting = { timeoutMs: 180_000, fix: `the logs are in ${logs}` };
  await waitFor(() => kubectl(['get', '--raw', '/readyz']), {
    ...waiting,
    what: `the API server of ${cluster.name}`,
    isHopeless: () => (runs(host) ? undefined : hostEnded(cluster)),
  });
  progress(`${cluster.name}: the API server is ready`);
}

/** Gives it what pods need: DNS, storage and addresses; waits until it runs them. */
export async function completeCluster(cluster: LabCluster, modules: ModuleFolders): Promise<void> {
  const kubectl = adminOf(cluster);
  await applyAddons(cluster, kubectl, modules);
  await kubectl(['wait', 'node', cluster.name, '--for=condition=Ready', '--timeout=120s']);
  const deployments = ['deployment', '--all', '--for=condition=Available', '--timeout=180s'];
  for (const namespace of ['kube-system', 'metallb-system']) await kubectl(['wait', '-n', namespace, ...deployments]);
  await applyAddressPool(cluster, kubectl);
  progress(`${cluster.name}: the node is ready`);
}

async function startAnew(cluster: LabCluster, programs: Programs, images: string): Promise<Host> {
  // What a start that was cut off may have left.
  await stopHost(cluster);
  const store = join(cluster.state, 'var/lib/containerd');
  rmSync(store, { recursive: true, force: true });
  await copyStore(images, store);
  return startHost(cluster, programs.folders);
}

export function adminOf(cluster: LabCluster): Kubectl {
  return kubectlFor(join(cluster.state, 'pki/admin.kubeconfig'), cluster.name);
}

async function applyAddons(cluster: LabCluster, kubectl: Kubectl, modules: ModuleFolders): Promise<void> {
  const addon = (name: string) => readFileSync(join(LAB, 'cluster/addons', name), 'utf8');
  const volumes = Array.from({ length: VOLUMES }, (_, index) =>
    addon('persistent-volume.yaml').replaceAll('NUMBER', `${index + 1}`),
  );
  const metallb = readFileSync(join(modules.metallb, 'config/manifests/metallb-native.yaml'), 'utf8');
  const dns = addon('coredns.yaml').replace('NODE_ADDRESS', cluster.nodeAddress);
  const manifests = [dns, addon('storage-class.yaml'), ...volumes, metallb].join('\n---\n');
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
