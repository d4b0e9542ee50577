import { entriesOf, integerOf, quoted, recordOf, textOf, textsOf } from '../../resources/fields.ts';
import { type Autoscaler, autoscalersOf, replicaRange, scaledValue } from '../../resources/scaling.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { describeWorkload, type Workload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit, stream } from './example.ts';

const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: api-gateway
  namespace: ai-spm
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 20Gi
`;
const mounting = `${edit(DEPLOYMENT, {
  '          startupProbe:': `          volumeMounts:
            - name: data
              mountPath: /data
          startupProbe:`,
})}      volumes:
        - name: data
          persistentVolumeClaim:
            claimName: api-gateway
`;

const storageAccessMode: CodeInfo = {
  code: 'K8S027',
  slug: 'storage-access-mode',
  severity: 'error',
  title: 'several pods may share a volume that only one node can attach',
  why: 'A ReadWriteOnce volume attaches to one node, a ReadWriteOncePod volume to one pod. A second pod elsewhere stays in ContainerCreating with a Multi-Attach error. A rolling update is enough for that: it starts the new pod before it stops the old one (maxSurge is 25 %, rounded up, unless set), waits for it to become ready, and never gets there.',
  fix: 'Use a ReadWriteMany claim, a StatefulSet with claim templates (one volume per pod), or a single replica with `strategy.type: Recreate`.',
  bad: stream(claim, mounting),
  good: stream(claim, edit(mounting, { 'spec:\n': 'spec:\n  strategy:\n    type: Recreate\n' })),
};

const SHARED_MODES = ['ReadWriteMany', 'ReadOnlyMany'];

export const storageAccessModeRule: ObjectRule = {
  codes: [storageAccessMode],
  *check(target) {
    const index = indexTarget(target);
    const autoscalerOf = autoscalersOf(index);
    for (const workload of index.workloads) {
      const { object, namespace, template } = workload;
      for (const { value: volume, index: place } of entriesOf(template.spec['volumes'])) {
        const name = textOf(recordOf(volume['persistentVolumeClaim'])['claimName']);
        const found = name === undefined ? undefined : index.find('', 'PersistentVolumeClaim', namespace, name);
        const modes = textsOf(recordOf(found?.value['spec'])['accessModes']);
        if (name === undefined || modes.length === 0 || modes.some((mode) => SHARED_MODES.includes(mode))) continue;
        if (!modes.includes('ReadWriteOncePod') && isOnOneNode(workload)) continue;
        const several = severalPods(workload, autoscalerOf(workload));
        if (several === undefined) continue;
        yield {
          code: storageAccessMode,
          object,
          path: [...template.path, 'spec', 'volumes', place, 'persistentVolumeClaim', 'claimName'],
          message: `${describeWorkload(workload)} mounts claim \`${name}\`, which is only ${quoted(modes)}, and ${several}`,
        };
      }
    }
  },
};

/** Why more than one pod may exist at a time. */
function severalPods(workload: Workload, autoscaler: Autoscaler | undefined): string | undefined {
  const { group, kind, object } = workload;
  const spec = recordOf(object.value['spec']);
  if (group === 'apps' && kind === 'DaemonSet') return 'runs a pod on every node';
  if (group === 'batch' && kind === 'Job') {
    const parallelism = integerOf(spec['parallelism']) ?? 1;
    return parallelism > 1 ? `runs ${parallelism} pods in parallel` : undefined;
  }
  const range = replicaRange(workload, autoscaler);
  if (range && range.highest > 1)
    return range.by === 'autoscaler' ? `may be scaled to ${range.highest} pods` : `runs ${range.highest} pods`;
  if (group !== 'apps' || kind !== 'Deployment' || range?.highest === 0) return undefined;
  const { type, rollingUpdate } = recordOf(spec['strategy']);
  const surge = scaledValue(recordOf(rollingUpdate)['maxSurge'] ?? '25%', range?.highest ?? 1, Math.ceil);
  return type === 'Recreate' || surge === 0
    ? undefined
    : 'a rolling update starts a second pod before the first one is gone';
}

/** Pods of one node can share a volume that is attached to it. */
function isOnOneNode({ template: { spec } }: Workload): boolean {
  return Boolean(spec['nodeName']) || Boolean(recordOf(spec['nodeSelector'])['kubernetes.io/hostname']);
}
