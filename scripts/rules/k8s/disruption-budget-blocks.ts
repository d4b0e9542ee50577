import { existingPath, isPresent, recordOf } from '../../resources/fields.ts';
import type { FieldPath, RenderedObject } from '../../resources/kube-object.ts';
import { autoscalersOf, type ReplicaRange, replicaRange, scaledValue } from '../../resources/scaling.ts';
import { describeSelector, parseSelector, type Selector } from '../../resources/selectors.ts';
import { describeElsewhere, indexTarget, type TargetIndex } from '../../resources/target-index.ts';
import { describeWorkload, type Workload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit, stream } from './example.ts';

const budget = (minAvailable: number) => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: api-gateway
  namespace: ai-spm
spec:
  minAvailable: ${minAvailable}
  selector:
    matchLabels:
      app.kubernetes.io/name: api-gateway
`;

const twoReplicas = edit(DEPLOYMENT, { 'spec:\n': 'spec:\n  replicas: 2\n' });

const disruptionBudgetBlocks: CodeInfo = {
  code: 'K8S017',
  slug: 'disruption-budget-blocks',
  severity: 'error',
  title: 'the disruption budget never lets a pod go, or guards none',
  why: 'A drain evicts pods only while more of them are healthy than the budget demands (percentages are rounded up). A budget that leaves no room blocks node upgrades and the cluster autoscaler for good; one that selects nothing guards nothing; and a pod with two budgets cannot be evicted at all: the eviction API answers with an error.',
  fix: 'Use `maxUnavailable: 1`, which is right for any number of replicas, and one budget per workload.',
  bad: stream(twoReplicas, budget(2)),
  good: stream(twoReplicas, budget(1)),
};

export const disruptionBudgetBlocksRule: ObjectRule = {
  codes: [disruptionBudgetBlocks],
  *check(target) {
    const index = indexTarget(target);
    const autoscalerOf = autoscalersOf(index);
    const guardedBy = new Map<Workload, RenderedObject>();
    for (const object of index.ofKind('policy', 'PodDisruptionBudget')) {
      const spec = recordOf(object.value['spec']);
      const selector = parseSelector(spec['selector']);
      const pods = index.select(object.ref.namespace ?? '', selector);
      const guards = pods.length > 0 || !target.complete;
      for (const { path, message } of [
        ...(pods.length > 0 ? [] : selectsNothing(object, selector, target.complete ? index : undefined)),
        ...guardedTwice(object, pods, guardedBy),
        ...(guards ? blocks(spec, pods, (pod) => replicaRange(pod, autoscalerOf(pod))) : []),
      ]) {
        yield { code: disruptionBudgetBlocks, object, path: existingPath(object.value, path), message };
      }
    }
  },
};

interface Fault {
  path: FieldPath;
  message: string;
}

/** @param index of a complete target; without it, the pods may be among what is not here */
function selectsNothing(object: RenderedObject, selector: Selector, index: TargetIndex | undefined): Fault[] {
  const path = ['spec', 'selector'];
  if (selector.kind === 'nothing') return [{ path, message: 'the budget has no selector and guards no pods' }];
  if (selector.kind === 'invalid') return [{ path, message: `the selector is invalid: ${selector.reason}` }];
  if (!index) return [];
  const elsewhere = describeElsewhere(index, selector, object);
  const labels = selector.kind === 'requirements' ? `has the labels \`${describeSelector(selector)}\`` : 'is there';
  return [{ path, message: `the budget guards nothing: no pod template of its namespace ${labels}${elsewhere}` }];
}

function guardedTwice(
  object: RenderedObject,
  pods: readonly Workload[],
  guardedBy: Map<Workload, RenderedObject>,
): Fault[] {
  return pods.flatMap((pod) => {
    const other = guardedBy.get(pod);
    if (!other) guardedBy.set(pod, object);
    const message = `the pods of ${describeWorkload(pod)} are guarded by PodDisruptionBudget \`${other?.ref.name}\` as well`;
    return other ? [{ path: ['spec', 'selector'], message }] : [];
  });
}

function blocks(
  spec: Record<string, unknown>,
  pods: readonly Workload[],
  rangeOf: (pod: Workload) => ReplicaRange | undefined,
): Fault[] {
  const ranges = pods.flatMap((pod) => rangeOf(pod) ?? []);
  const isCounted = pods.length > 0 && ranges.length === pods.length;
  const lowest = isCounted ? ranges.reduce((sum, range) => sum + range.lowest, 0) : undefined;
  const blocking = blockingField(spec, lowest);
  if (!blocking) return [];
  const path = ['spec', blocking.field];
  if (lowest === undefined) return [{ path, message: `${blocking.text}: no pod may ever be evicted` }];
  const runs = `${pods.map(describeWorkload).join(', ')} ${pods.length > 1 ? 'run' : 'runs'} ${lowest} ${lowest === 1 ? 'pod' : 'pods'}`;
  const when = ranges.some(({ by }) => by === 'autoscaler') ? ' when scaled down' : '';
  return [{ path, message: `${blocking.text}, and ${runs}${when}: no pod may be evicted` }];
}

/**
 * The field that leaves no room among this many pods, by the arithmetic of the disruption controller (getExpectedPodCount).
 * @param pods `undefined` where the number is open: then only what blocks any number counts
 */
function blockingField(
  spec: Record<string, unknown>,
  pods: number | undefined,
): { field: string; text: string } | undefined {
  const { minAvailable, maxUnavailable } = spec;
  if (pods === 0) return undefined;
  if (isPresent(maxUnavailable)) {
    const unavailable = scaledValue(maxUnavailable, pods ?? 1, Math.ceil);
    return unavailable === 0
      ? { field: 'maxUnavailable', text: `maxUnavailable is ${String(maxUnavailable)}` }
      : undefined;
  }
  const isPercent = typeof minAvailable === 'string';
  // Of 1000 pods, only 100 % leaves no room after rounding.
  const total = pods ?? 1000;
  const available = scaledValue(minAvailable, total, Math.ceil);
  if (available === undefined || available < total) return undefined;
  const rounded = isPercent && pods !== undefined ? ` (${available} of ${pods})` : '';
  return { field: 'minAvailable', text: `minAvailable is ${String(minAvailable)}${rounded}` };
}
