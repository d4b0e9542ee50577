import type { V1Container, V1Deployment, V1Pod, V1PodSpec, V1ReplicaSet, V1StatefulSet } from '@kubernetes/client-node';
import type { Connection } from '../../verify/connection.ts';
import type { WorkloadFacts } from './facts.ts';

const NAMESPACE = 'ai-spm';

/** Deployments and StatefulSets of the platform, and what their pods that are alive take from Secrets. */
export async function workloads({ apps, core }: Connection): Promise<WorkloadFacts[]> {
  const [deployments, sets, pods, replicaSets] = await Promise.all([
    apps.listNamespacedDeployment({ namespace: NAMESPACE }),
    apps.listNamespacedStatefulSet({ namespace: NAMESPACE }),
    core.listNamespacedPod({ namespace: NAMESPACE }),
    apps.listNamespacedReplicaSet({ namespace: NAMESPACE }),
  ]);
  const all = [
    ...deployments.items.map((one) => ({ kind: 'Deployment', workload: one })),
    ...sets.items.map((one) => ({ kind: 'StatefulSet', workload: one })),
  ];
  return all.map(({ kind, workload }) => factsOf(kind, workload, pods.items, replicaSets.items));
}

export function factsOf(
  kind: string,
  workload: V1Deployment | V1StatefulSet,
  all: readonly V1Pod[],
  replicaSets: readonly V1ReplicaSet[] = [],
): WorkloadFacts {
  const { metadata, spec, status } = workload;
  const labels = Object.entries(spec?.selector.matchLabels ?? {});
  const isAlive = ({ status: state }: V1Pod) => state?.phase !== 'Succeeded' && state?.phase !== 'Failed';
  const pods = all.filter(
    (pod) => isAlive(pod) && labels.every(([key, value]) => pod.metadata?.labels?.[key] === value),
  );
  const wanted = spec?.replicas ?? 1;
  const rolledOutAt = endOfRollout(workload);
  const past = replicaSets
    .filter((set) => set.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid))
    .flatMap(endedTemplate);
  const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas, status?.availableReplicas];
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    kind,
    // A pod that is ending still answers.
    settled:
      (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
      counts.every((count) => count === wanted) &&
      pods.length === wanted,
    ...(rolledOutAt ? { rolledOutAt } : {}),
    secrets: [...new Set(pods.flatMap((pod) => secretsOf(pod.spec)))].sort(),
    ...(past.length > 0 ? { past } : {}),
  };
}

/**
 * A Deployment says when it was done; scaling it does not change that.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#complete-deployment
 */
function endOfRollout({ status }: V1Deployment | V1StatefulSet): string | undefined {
  const progress = status?.conditions?.find(({ type }) => type === 'Progressing');
  if (progress?.reason !== 'NewReplicaSetAvailable' || !('lastUpdateTime' in progress)) return undefined;
  return progress.lastUpdateTime && new Date(progress.lastUpdateTime).toISOString();
}

/**
 * The cluster notes when the status of a ReplicaSet last changed: where it has no pod, that was the end of the last one.
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
function endedTemplate({ metadata, spec, status }: V1ReplicaSet): { secrets: string[]; endedAt: string }[] {
  const last = metadata?.managedFields?.findLast(({ subresource }) => subresource === 'status')?.time;
  if (spec?.replicas !== 0 || status?.replicas !== 0 || !last) return [];
  return [{ secrets: [...new Set(secretsOf(spec.template?.spec))].sort(), endedAt: new Date(last).toISOString() }];
}

function secretsOf(spec: V1PodSpec | undefined): string[] {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const mounted = (spec?.volumes ?? []).flatMap(({ secret, projected }) => [
    secret?.secretName,
    ...(projected?.sources ?? []).map((source) => source.secret?.name),
  ]);
  return [...containers.flatMap(variablesOf), ...mounted.filter((name) => name !== undefined)];
}

function variablesOf({ env = [], envFrom = [] }: V1Container): string[] {
  return [
    ...env.flatMap(({ name, valueFrom }) => {
      const from = valueFrom?.secretKeyRef;
      return from ? [`${from.name}/${from.key} as ${name}`] : [];
    }),
    ...envFrom.flatMap(({ secretRef }) => (secretRef?.name ? [secretRef.name] : [])),
  ];
}
