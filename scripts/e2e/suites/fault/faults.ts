import { waitFor } from '../../../system/wait-for.ts';
import { unreadyPods } from '../../../verify/unready-pods.ts';
import { seconds } from '../../argo.ts';
import type { Figure, Suite, World } from '../../suite.ts';
import { underTraffic } from '../../traffic.ts';
import { pushChange } from './change.ts';
import { type Fault, OVER, type Struck } from './fault.ts';
import { evictPod, killPods } from './pods.ts';
import { killProgram, takesWrites } from './programs.ts';
import { endEnvoy } from './sidecar.ts';

const GATEWAY = { namespace: 'istio-ingress', labelSelector: 'app=istio-ingressgateway' };
const ISTIOD = { namespace: 'istio-system', labelSelector: 'app=istiod' };
const argoCd = (name: string) => ({ namespace: 'argocd', labelSelector: `app.kubernetes.io/name=argocd-${name}` });

const NEW_POD = 'a new pod is ready after';
const CHANGE = 'a change that is pushed then is in the cluster after';
const WRITES = 'what is written is stored again after';

const FAULTS: readonly Fault[] = [
  { name: 'istiod', title: 'istiod is killed', figure: NEW_POD, strike: (world) => killPods(world, ISTIOD) },
  {
    name: 'gateway',
    title: 'a pod of the public gateway is evicted',
    figure: NEW_POD,
    // As a drain of its node does it: with time to end. A gateway that is torn away loses what it was answering.
    strike: (world) => evictPod(world, GATEWAY),
  },
  {
    name: 'gateway-lost',
    title: 'a pod of the public gateway is torn away',
    figure: NEW_POD,
    strike: (world) => killPods(world, GATEWAY),
    // Connections to it fail until the Service forgets it, and a client has to try again.
    retries: ['--retry', '3', '--retry-all-errors', '--retry-delay', '1', '--connect-timeout', '2'],
  },
  {
    name: 'sidecar',
    title: 'the Envoy of a service is ended',
    figure: 'its pod serves requests of users again after',
    strike: endEnvoy,
  },
  ...['repo-server', 'application-controller'].map((name) => ({
    name,
    title: `${name} is killed`,
    figure: CHANGE,
    strike: async (world: World): Promise<Struck> => {
      await killPods(world, argoCd(name));
      return pushChange(world);
    },
  })),
  ...['etcd', 'kube-apiserver'].map((name) => ({
    name,
    title: `${name} is killed`,
    figure: WRITES,
    labOnly: true,
    strike: async (world: World): Promise<Struck> => {
      await killProgram(world, name);
      return { works: () => takesWrites(world.cluster) };
    },
  })),
  {
    name: 'git-daemon',
    title: 'git-daemon is killed',
    labOnly: true,
    figure: CHANGE,
    strike: async (world) => {
      await killProgram(world, 'git-daemon');
      return pushChange(world);
    },
  },
];

/** One suite for each fault: nothing is lost, nothing opens, and all is well again by itself. */
export const faults: readonly Suite[] = FAULTS.map((fault) => ({
  name: `fault-${fault.name}`,
  title: `${fault.title}: no request is lost, nothing opens, it works again by itself`,
  core: false,
  ...(fault.labOnly ? { labOnly: true } : {}),
  run: (world) => underTraffic(world, { userOptions: fault.retries ?? [] }, () => recover(world, fault)),
}));

async function recover(world: World, { name, figure, strike }: Fault): Promise<Figure[]> {
  const struck = performance.now();
  const { works, clearUp } = await strike(world);
  try {
    await waitFor(works, { ...OVER, what: `the work of ${name}`, fix: 'kubectl get pods -A' });
    return [{ name: figure, value: seconds(struck), unit: 's' }];
  } finally {
    await clearUp?.();
    // What it has torn along, so that the next suite begins with all of it.
    await waitFor(() => everythingReady(world), { ...OVER, what: 'the recovery', fix: 'kubectl get pods -A' });
  }
}

async function everythingReady({ cluster }: World): Promise<true> {
  const pods = await unreadyPods(cluster);
  if (pods.length > 0) throw new Error(`not ready: ${pods.join(', ')}`);
  return true;
}
