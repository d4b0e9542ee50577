import type { V1Pod } from '@kubernetes/client-node';
import { podNotReady } from './codes.ts';
import type { Connection } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';

const WORKLOADS = 'ai-spm';
const NAMESPACES = [WORKLOADS, 'istio-ingress', 'istio-eastwest', 'istio-system'];

/**
 * Every pod is ready: the kubelet's probes, which come on ports of the pod, pass. And every workload has such a pod.
 * @param workloads names that must run
 */
export async function checkPods(
  { core }: Pick<Connection, 'core'>,
  workloads: readonly string[],
): Promise<{ problems: LiveProblem[]; facts: { ready: number } }> {
  const lists = await Promise.all(NAMESPACES.map((namespace) => core.listNamespacedPod({ namespace })));
  // Pods that nothing keeps running are tests of someone.
  const pods = lists.flatMap(({ items }) => items).filter(isKept);
  const problems: LiveProblem[] = pods
    .filter((pod) => !isReady(pod) && !pod.metadata?.deletionTimestamp)
    .map((pod) => ({
      code: podNotReady,
      object: { kind: 'Pod', namespace: pod.metadata?.namespace ?? '', name: pod.metadata?.name ?? '' },
      message: `pod ${pod.metadata?.namespace}/${pod.metadata?.name} is not ready: ${reason(pod)}`,
    }));
  const running = new Set(
    pods
      .filter(isReady)
      .filter(({ metadata }) => metadata?.namespace === WORKLOADS)
      .map(({ metadata }) => metadata?.labels?.['app.kubernetes.io/name']),
  );
  for (const name of workloads.filter((workload) => !running.has(workload))) {
    const object = { kind: 'Service', namespace: WORKLOADS, name };
    problems.push({ code: podNotReady, object, message: `workload ${name} has no pod that is ready` });
  }
  return { problems, facts: { ready: pods.filter(isReady).length } };
}

function isKept({ metadata, status }: V1Pod): boolean {
  return Boolean(metadata?.ownerReferences?.length) && status?.phase !== 'Succeeded';
}

function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** What its containers wait for, or why it has none yet. */
function reason({ status }: V1Pod): string {
  const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const waiting = states.filter(({ ready, state }) => !ready && !state?.terminated);
  const names = waiting.map(({ name, state }) => (state?.waiting?.reason ? `${name} (${state.waiting.reason})` : name));
  const unscheduled = status?.conditions?.find(({ status }) => status === 'False')?.message;
  return names.join(', ') || unscheduled || `it is ${status?.phase}`;
}
