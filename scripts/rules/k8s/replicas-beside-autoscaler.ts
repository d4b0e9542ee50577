import { isPresent, recordOf } from '../../resources/fields.ts';
import { autoscalersOf } from '../../resources/scaling.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { describeWorkload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit, stream } from './example.ts';

const autoscaler = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api-gateway
  namespace: ai-spm
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api-gateway
  minReplicas: 2
  maxReplicas: 6
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 70
`;

const replicasBesideAutoscaler: CodeInfo = {
  code: 'K8S015',
  slug: 'replicas-beside-autoscaler',
  severity: 'error',
  title: 'replicas is set although an autoscaler owns it',
  why: 'The HorizontalPodAutoscaler writes `spec.replicas` of its target. With a number in git, every sync sets the workload back to it, and Argo CD with selfHeal does so within seconds of each scaling: load meets too few pods, again and again.',
  fix: 'Remove `spec.replicas` and let `minReplicas` and `maxReplicas` decide; in an overlay, patch it to `null`.',
  bad: stream(edit(DEPLOYMENT, { 'spec:\n': 'spec:\n  replicas: 3\n' }), autoscaler),
  good: stream(DEPLOYMENT, autoscaler),
};

export const replicasBesideAutoscalerRule: ObjectRule = {
  codes: [replicasBesideAutoscaler],
  *check(target) {
    const index = indexTarget(target);
    const autoscalerOf = autoscalersOf(index);
    for (const workload of index.workloads) {
      const owner = autoscalerOf(workload);
      const replicas = recordOf(workload.object.value['spec'])['replicas'];
      // Zero is the documented way to switch the autoscaler off for a while.
      if (!owner || !isPresent(replicas) || replicas === 0) continue;
      yield {
        code: replicasBesideAutoscaler,
        object: workload.object,
        path: ['spec', 'replicas'],
        at: 'key',
        message: `${describeWorkload(workload)} sets replicas to ${String(replicas)}, and HorizontalPodAutoscaler \`${owner.object.ref.name}\` scales it from ${owner.min} to ${owner.max}`,
      };
    }
  },
};
