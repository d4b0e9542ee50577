import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../system/wait-for.ts';
import { unreadyPods } from '../../verify/unready-pods.ts';
import { seconds } from '../argo.ts';
import type { Figure, Suite, World } from '../suite.ts';
import { underTraffic } from '../traffic.ts';

interface Fault {
  name: string;
  title: string;
  strike(world: World): Promise<void>;
  /** Arguments of curl that make it try again as a browser does. */
  retries?: readonly string[];
}

/** Pods are ended the hard way, as by the loss of their node. */
const pods = (name: string, namespace: string, labelSelector: string): Fault => ({
  name,
  title: `${name} is killed`,
  async strike({ cluster: { core } }) {
    const [pod] = (await core.listNamespacedPod({ namespace, labelSelector })).items;
    if (!pod?.metadata?.name) throw new Error(`${namespace} has no pod with ${labelSelector}`);
    await core.deleteNamespacedPod({ namespace, name: pod.metadata.name, gracePeriodSeconds: 0 });
  },
});

const program = (name: string): Fault => ({
  name,
  title: `${name} is killed`,
  async strike({ endProgram }) {
    if (!endProgram) throw new Error('only on clusters of the lab');
    await endProgram(name);
  },
});

/** As a drain of its node does it: with time to end. A gateway that is torn away loses what it was answering. */
const gateway: Fault = {
  name: 'gateway',
  title: 'a pod of the public gateway is evicted',
  async strike({ cluster: { core } }) {
    const namespace = 'istio-ingress';
    const name = (await core.listNamespacedPod({ namespace })).items[0]?.metadata?.name ?? '';
    await core.createNamespacedPodEviction({ namespace, name, body: { metadata: { namespace, name } } });
  },
};

/** As by the loss of its node: connections to it fail until the Service forgets it, and a client has to try again. */
const lostGateway: Fault = {
  ...pods('gateway-lost', 'istio-ingress', 'app=istio-ingressgateway'),
  title: 'a pod of the public gateway is torn away',
  retries: ['--retry', '3', '--retry-all-errors', '--retry-delay', '1', '--connect-timeout', '2'],
};

/** Envoy's own command to end at once; its container is started again. */
const sidecar: Fault = {
  name: 'sidecar',
  title: 'the Envoy of a service is ended',
  async strike({ cluster: { core, exec } }) {
    const namespace = 'ai-spm';
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app.kubernetes.io/name=ai-scanner' });
    const pod = items[0]?.metadata?.name ?? '';
    const command = ['pilot-agent', 'request', 'POST', 'quitquitquit'];
    await exec({ namespace, pod, container: 'istio-proxy' }, command);
  },
};

const FAULTS: readonly Fault[] = [
  pods('istiod', 'istio-system', 'app=istiod'),
  gateway,
  lostGateway,
  sidecar,
  pods('repo-server', 'argocd', 'app.kubernetes.io/name=argocd-repo-server'),
  pods('application-controller', 'argocd', 'app.kubernetes.io/name=argocd-application-controller'),
  program('etcd'),
  program('kube-apiserver'),
  program('git-daemon'),
];

/** One suite for each fault: nothing is lost, nothing opens, and all is well again by itself. */
export const faults: readonly Suite[] = FAULTS.map(({ name, title, strike, retries = [] }) => ({
  name: `fault-${name}`,
  title: `${title}: no request is lost, nothing opens, it comes back by itself`,
  core: false,
  run: (world) =>
    underTraffic(world, { userOptions: retries }, async (): Promise<Figure[]> => {
      const struck = performance.now();
      await strike(world);
      await sleep(1000);
      await waitFor(() => everythingReady(world), {
        what: 'the recovery',
        timeoutMs: 120_000,
        everyMs: 200,
        fix: 'kubectl get pods -A',
      });
      return [{ name: 'recovered after', value: seconds(struck), unit: 's' }];
    }),
}));

async function everythingReady({ cluster }: World): Promise<true | undefined> {
  const pods = await unreadyPods(cluster);
  if (pods.length > 0) throw new Error(`not ready: ${pods.join(', ')}`);
  return true;
}
