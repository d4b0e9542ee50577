import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** The data of the lab: pinned programs, images and the configuration of a cluster. */
export const LAB = resolve(__dirname, '../../lab');

/** What is running, or may be. One lab a machine: addresses and links have fixed names. */
export const STATE = '/srv/ai-spm-mesh-lab';

/** The kubeconfig with a context for each cluster, named like the cluster. */
export const KUBECONFIG = join(STATE, 'kubeconfig');

/** Repositories that the hosts of the clusters serve. */
export const GIT_FOLDER = join(STATE, 'git');

/** The bridge that joins the clusters, and the machine's own address on it. */
export const BRIDGE = { name: 'ai-spm-lab', address: '10.201.0.1', prefix: 16 } as const;

export interface LabCluster {
  name: string;
  /** Address of its one node, on the bridge. */
  nodeAddress: string;
  podRange: string;
  /** Addresses for Services of type LoadBalancer, on the bridge. */
  loadBalancerRange: string;
  /** The machine's end of the link to it. */
  link: string;
  /** Everything that it writes. */
  state: string;
  /** Path below each hierarchy of /sys/fs/cgroup. */
  cgroup: string;
}

export const CLUSTERS: readonly LabCluster[] = [1, 2].map((number) => ({
  name: `lab-${number}`,
  nodeAddress: `10.201.${number}.1`,
  podRange: `10.1${number}.0.0/16`,
  loadBalancerRange: `10.201.${number}.100-10.201.${number}.120`,
  link: `ai-spm-lab-${number}`,
  state: join(STATE, `lab-${number}`),
  cgroup: `/ai-spm-mesh-lab/lab-${number}`,
}));

/** Where built programs and images are kept, by what they were made of. */
export function labCache(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base && isAbsolute(base) ? base : join(env['HOME'] || homedir(), '.cache'), 'ai-spm-mesh', 'lab');
}
