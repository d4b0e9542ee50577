import { type ContainerDefaults, containerDefaults, hasRequest, podLevel } from '../../resources/compute-resources.ts';
import { entriesOf, existingPath, integerOf, isPresent, quoted, recordOf, textOf } from '../../resources/fields.ts';
import type { FieldPath, RenderedObject } from '../../resources/kube-object.ts';
import { autoscalersOf } from '../../resources/scaling.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { type Container, describeWorkload, runningContainers, type Workload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectProblem, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, stream } from './example.ts';

const autoscaler = (minReplicas: number) => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api-gateway
  namespace: ai-spm
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api-gateway
  minReplicas: ${minReplicas}
  maxReplicas: 6
  metrics:
    - type: ContainerResource
      containerResource:
        name: cpu
        container: api-gateway
        target:
          type: Utilization
          averageUtilization: 70
`;

const autoscalerRange: CodeInfo = {
  code: 'K8S016',
  slug: 'autoscaler-range',
  severity: 'error',
  title: 'the autoscaler cannot scale',
  why: 'The API server refuses `minReplicas` above `maxReplicas`. Utilization is measured against the request: where a container has none, the HorizontalPodAutoscaler reports FailedGetResourceMetric and stays at the present number of pods. The same happens when a ContainerResource metric names a container that the pods do not have.',
  fix: 'Put minReplicas at or below maxReplicas, name a container of the workload, and give each measured container a request for the resource.',
  bad: stream(DEPLOYMENT, autoscaler(8)),
  good: stream(DEPLOYMENT, autoscaler(6)),
};

/** Containers that admission adds to the rendered pod, with requests of their own. */
const INJECTED = new Set(['istio-proxy']);

export const autoscalerRangeRule: ObjectRule = {
  codes: [autoscalerRange],
  *check(target) {
    const index = indexTarget(target);
    for (const object of index.ofKind('autoscaling', 'HorizontalPodAutoscaler')) yield* rangeProblem(object);
    const defaultsOf = containerDefaults(index);
    const autoscalerOf = autoscalersOf(index);
    for (const workload of index.workloads) {
      const owner = autoscalerOf(workload);
      if (owner) yield* metricProblems(owner.object, workload, defaultsOf(workload.namespace));
    }
  },
};

function* rangeProblem(object: RenderedObject): Generator<ObjectProblem> {
  const { minReplicas, maxReplicas } = recordOf(object.value['spec']);
  const min = integerOf(minReplicas) ?? 1;
  const max = integerOf(maxReplicas);
  if (max === undefined || min <= max) return;
  const path = ['spec', isPresent(minReplicas) ? 'minReplicas' : 'maxReplicas'];
  const source = isPresent(minReplicas) ? '' : ', the default,';
  yield { code: autoscalerRange, object, path, message: `minReplicas is ${min}${source} and maxReplicas is ${max}` };
}

interface Metric {
  resource: string;
  /** Only this container is measured. */
  container?: string;
  isUtilization: boolean;
  path: FieldPath;
}

function* metricProblems(
  object: RenderedObject,
  workload: Workload,
  defaults: ContainerDefaults,
): Generator<ObjectProblem> {
  const running = runningContainers(workload);
  for (const metric of metricsOf(object)) {
    const { container, resource } = metric;
    const path = existingPath(object.value, metric.path);
    const measured = running.filter(({ name }) => container === undefined || name === container);
    if (container !== undefined && measured.length === 0 && !INJECTED.has(container)) {
      const message = `the metric names container \`${container}\`; ${describeWorkload(workload)} has ${quoted(running.map(({ name }) => name))}`;
      yield { code: autoscalerRange, object, path: existingPath(object.value, [...metric.path, 'container']), message };
      continue;
    }
    // Requests of the whole pod stand in, but not for a metric of one container.
    if (!metric.isUtilization || (container === undefined && podLevel(workload).hasRequest(resource))) continue;
    const lacking = measured.filter((one: Container) => !hasRequest(one, resource, defaults)).map(({ name }) => name);
    if (lacking.length === 0) continue;
    const message = `${resource} utilization is measured against the ${resource} request, which ${quoted(lacking)} of ${describeWorkload(workload)} ${lacking.length > 1 ? 'do' : 'does'} not set`;
    yield { code: autoscalerRange, object, path, message };
  }
}

/** Resource metrics; without any (as always in autoscaling/v1), CPU utilization is what counts: 80 % unless set. */
function metricsOf({ value }: RenderedObject): Metric[] {
  const spec = recordOf(value['spec']);
  const metrics = entriesOf(spec['metrics']);
  if (metrics.length === 0) {
    return [{ resource: 'cpu', isUtilization: true, path: ['spec', 'targetCPUUtilizationPercentage'] }];
  }
  return metrics.flatMap(({ value: metric, index }) => {
    const field = metric['type'] === 'ContainerResource' ? 'containerResource' : 'resource';
    const { name, container, target } = recordOf(metric[field]);
    const resource = textOf(name);
    if (resource === undefined) return [];
    const isUtilization = recordOf(target)['type'] === 'Utilization';
    const path = ['spec', 'metrics', index, field];
    return [
      {
        resource,
        isUtilization,
        path,
        ...(field === 'containerResource' ? { container: textOf(container) ?? '' } : {}),
      },
    ];
  });
}
