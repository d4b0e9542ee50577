import type { V1Pod } from '@kubernetes/client-node';
import { podNotReady } from './codes/pod-codes.ts';
import type { Connection } from './connection.ts';
import { containerStates, isKept, isLeaving, isReady } from './kept-pods.ts';
import type { LiveProblem } from './live-problem.ts';
import type { RequiredPods } from './required-pods.ts';

const NAMESPACES = ['ai-spm', 'istio-ingress', 'istio-eastwest', 'istio-system'];

/** Every pod is ready: the kubelet's probes, which come on ports of the pod, pass. And all that must run has such a pod. */
export async function checkPods(
  { core }: Pick<Connection, 'core'>,
  required: readonly RequiredPods[],
): Promise<{ problems: LiveProblem[]; facts: { ready: number } }> {
  const lists = await Promise.all(NAMESPACES.map((namespace) => core.listNamespacedPod({ namespace })));
  const pods = lists.flatMap(({ items }) => items).filter(isKept);
  const ready = pods.filter(isReady);
  const unready = pods
    .filter((pod) => !isReady(pod) && !isLeaving(pod))
    .map((pod): LiveProblem => {
      const { namespace = '', name = '' } = pod.metadata ?? {};
      const object = { kind: 'Pod', namespace, name };
      return { code: podNotReady, object, message: `pod ${namespace}/${name} is not ready: ${reason(pod)}` };
    });
  const missing = required
    .filter((one) => !ready.some((pod) => belongsTo(pod, one)))
    .map(({ namespace, name }): LiveProblem => {
      const object = { kind: 'Service', namespace, name };
      return { code: podNotReady, object, message: `${namespace}/${name} has no pod that is ready` };
    });
  return { problems: [...unready, ...missing], facts: { ready: ready.length } };
}

function belongsTo({ metadata }: V1Pod, { namespace, label: [key, value] }: RequiredPods): boolean {
  return metadata?.namespace === namespace && metadata.labels?.[key] === value;
}

/** What its containers wait for, or why it has none yet. */
function reason(pod: V1Pod): string {
  const { status } = pod;
  const waiting = containerStates(pod).filter(({ ready, state }) => !ready && !state?.terminated);
  const names = waiting.map(({ name, state }) => (state?.waiting?.reason ? `${name} (${state.waiting.reason})` : name));
  const unscheduled = status?.conditions?.find(({ status }) => status === 'False')?.message;
  return names.join(', ') || unscheduled || `it is ${status?.phase}`;
}
