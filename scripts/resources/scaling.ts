import { groupOf } from '../sources/declaration.ts';
import { integerOf, recordOf, textOf } from './fields.ts';
import type { RenderedObject } from './kube-object.ts';
import type { TargetIndex } from './target-index.ts';
import type { Workload } from './workloads.ts';

export interface Autoscaler {
  object: RenderedObject;
  min: number;
  max: number;
}

export interface ReplicaRange {
  lowest: number;
  highest: number;
  /** Who sets these bounds. */
  by: 'autoscaler' | 'replicas';
}

/** Kinds whose `spec.replicas` defaults to 1. DaemonSet, Job and CronJob have no fixed number of pods. */
const REPLICATED = new Set(['apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', '/ReplicationController']);

/** Autoscalers of a target by the workload that they scale; minReplicas defaults to 1 (autoscaling/v2). */
export function autoscalersOf(index: TargetIndex): (workload: Workload) => Autoscaler | undefined {
  const byTarget = new Map<string, Autoscaler>();
  for (const object of index.ofKind('autoscaling', 'HorizontalPodAutoscaler')) {
    const { minReplicas, maxReplicas, scaleTargetRef } = recordOf(object.value['spec']);
    const { apiVersion, kind, name } = recordOf(scaleTargetRef);
    const min = integerOf(minReplicas) ?? 1;
    const key = scaleKey(groupOf(textOf(apiVersion) ?? ''), String(kind), object.ref.namespace ?? '', String(name));
    byTarget.set(key, { object, min, max: integerOf(maxReplicas) ?? min });
  }
  return ({ group, kind, namespace, name }) => byTarget.get(scaleKey(group, kind, namespace, name));
}

/** How few and how many pods a workload runs on purpose, `undefined` where its kind leaves that open. */
export function replicaRange(
  { group, kind, object }: Workload,
  autoscaler: Autoscaler | undefined,
): ReplicaRange | undefined {
  if (group === '' && kind === 'Pod') return { lowest: 1, highest: 1, by: 'replicas' };
  const set = integerOf(recordOf(object.value['spec'])['replicas']);
  const replicas = set ?? (REPLICATED.has(`${group}/${kind}`) ? 1 : undefined);
  // With replicas 0 the autoscaler stands still until someone scales the workload up again.
  if (autoscaler && replicas !== 0) return { lowest: autoscaler.min, highest: autoscaler.max, by: 'autoscaler' };
  return replicas === undefined ? undefined : { lowest: replicas, highest: replicas, by: 'replicas' };
}

/** `50%` or a number, scaled as intstr.GetScaledValueFromIntOrPercent does; `undefined` for anything else. */
export function scaledValue(value: unknown, total: number, round: (value: number) => number): number | undefined {
  if (integerOf(value) !== undefined) return integerOf(value);
  const percent = /^(\d+)%$/.exec(textOf(value) ?? '')?.[1];
  return percent === undefined ? undefined : round((Number(percent) * total) / 100);
}

function scaleKey(...parts: string[]): string {
  return parts.join('\n');
}
