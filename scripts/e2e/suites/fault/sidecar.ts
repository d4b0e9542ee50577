import type { V1Pod } from '@kubernetes/client-node';
import { waitFor } from '../../../system/wait-for.ts';
import { containerStates, PROXY } from '../../../verify/kept-pods.ts';
import type { World } from '../../suite.ts';
import { SEEN, type Struck } from './fault.ts';
import { isServing } from './pods.ts';

const NAMESPACE = 'ai-spm';
/** Called by the requests of users, so that a pod that serves again is asked. */
const SERVICE = { name: 'ai-scanner', port: 8001 };

/** By Envoy's own command to end at once; its container is started again. */
export async function endEnvoy({ cluster: { core, exec } }: World): Promise<Struck> {
  const labelSelector = `app.kubernetes.io/name=${SERVICE.name}`;
  const { items } = await core.listNamespacedPod({ namespace: NAMESPACE, labelSelector });
  const before = items.find(isServing);
  const name = before?.metadata?.name;
  if (!name) throw new Error(`no pod of ${SERVICE.name} is ready`);
  const read = () => core.readNamespacedPod({ namespace: NAMESPACE, name });
  const ask = (method: string, path: string) =>
    exec({ namespace: NAMESPACE, pod: name, container: PROXY }, ['pilot-agent', 'request', method, path]);
  await ask('POST', 'quitquitquit');
  await waitFor(async () => (restarts(await read()) > restarts(before) ? true : undefined), {
    ...SEEN,
    what: `the restart of ${PROXY} in ${name}`,
    fix: `kubectl describe pod ${name} --namespace ${NAMESPACE}`,
  });
  return {
    works: async () =>
      isServing(await read()) && served(await ask('GET', 'clusters'), SERVICE.port) > 0 ? true : undefined,
  };
}

/** How often the kubelet has started the proxy again, which is an init container or one beside the others. */
export function restarts(pod: V1Pod): number {
  return containerStates(pod).find(({ name }) => name === PROXY)?.restartCount ?? 0;
}

/**
 * How many requests an Envoy has let through to the port of its pod and seen answered, since it was started.
 * @param clusters what `/clusters` of Envoy's admin interface writes, `inbound|PORT||::ADDRESS::rq_success::NUMBER` for each address
 */
export function served(clusters: string, port: number): number {
  const line = new RegExp(`^inbound\\|${port}\\|\\|::[^\\n]*::rq_success::(\\d+)$`, 'gm');
  return [...clusters.matchAll(line)].reduce((sum, [, count]) => sum + Number(count), 0);
}
