import { entriesOf, recordOf } from '../../resources/fields.ts';
import type { FieldPath } from '../../resources/kube-object.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { describeWorkload, type Workload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const released = edit(DEPLOYMENT, {
  '      labels:\n        app.kubernetes.io/name: api-gateway':
    '      labels:\n        app.kubernetes.io/name: api-gateway\n        app.kubernetes.io/version: 1.4.2',
});

const immutableField: CodeInfo = {
  code: 'K8S026',
  slug: 'immutable-field',
  severity: 'error',
  title: 'a field that can never change holds a label that changes with every release',
  why: 'The selector of a Deployment, DaemonSet or ReplicaSet and, in a StatefulSet, selector and claim templates cannot be changed once they exist. With a version, chart or revision label in them, the next release fails to apply ("field is immutable"), and only deleting the workload helps.',
  fix: 'Keep the label on the pod template and take it out of the selector or the claim template; in kustomize, `labels` with `includeTemplates: true` and without `includeSelectors`.',
  bad: edit(released, {
    '      app.kubernetes.io/name: api-gateway':
      '      app.kubernetes.io/name: api-gateway\n      app.kubernetes.io/version: 1.4.2',
  }),
  good: released,
};

/** Labels whose very meaning is the release. A plain `version: v1` is not among them: it tells workloads apart in a mesh. */
const RELEASE_LABELS = new Set(['app.kubernetes.io/version', 'helm.sh/chart']);
const COMMIT = /^[0-9a-f]{40}$/;
const KINDS = new Set(['Deployment', 'DaemonSet', 'ReplicaSet', 'StatefulSet']);

export const immutableFieldRule: ObjectRule = {
  codes: [immutableField],
  *check(target) {
    for (const workload of indexTarget(target).workloads) {
      if (workload.group !== 'apps' || !KINDS.has(workload.kind)) continue;
      for (const { place, label, path } of fixedLabels(workload)) {
        const message = `${place} of ${describeWorkload(workload)} holds \`${label}\`, and can never change`;
        yield { code: immutableField, object: workload.object, path, message };
      }
    }
  },
};

interface FixedLabel {
  place: string;
  label: string;
  path: FieldPath;
}

function fixedLabels(workload: Workload): FixedLabel[] {
  const { selector, volumeClaimTemplates } = recordOf(workload.object.value['spec']);
  const { matchLabels, matchExpressions } = recordOf(selector);
  const expressions = entriesOf(matchExpressions)
    .filter(({ value: { key, values } }) => [values].flat().some((value) => changes(workload, String(key), value)))
    .map(({ value, index }) => ({
      place: 'the selector',
      label: String(value['key']),
      path: ['spec', 'selector', 'matchExpressions', index],
    }));
  const claims = workload.kind === 'StatefulSet' ? entriesOf(volumeClaimTemplates) : [];
  return [
    ...releaseLabels(workload, matchLabels, 'the selector', ['spec', 'selector', 'matchLabels']),
    ...expressions,
    ...claims.flatMap(({ value, index }) => {
      const { name, labels } = recordOf(value['metadata']);
      return releaseLabels(workload, labels, `claim template \`${String(name)}\``, [
        'spec',
        'volumeClaimTemplates',
        index,
        'metadata',
        'labels',
      ]);
    }),
  ];
}

function releaseLabels(workload: Workload, labels: unknown, place: string, path: FieldPath): FixedLabel[] {
  const changing = Object.entries(recordOf(labels)).filter(([key, value]) => changes(workload, key, value));
  return changing.map(([key, value]) => ({ place, label: `${key}: ${String(value)}`, path: [...path, key] }));
}

/** A workload that carries the release in its name is replaced by a new one with every release, selector and all. */
function changes({ name }: Workload, key: string, value: unknown): boolean {
  const text = String(value);
  const isNamedAfter = text !== '' && (name.includes(text) || name.includes(text.replaceAll('.', '-')));
  return !isNamedAfter && (RELEASE_LABELS.has(key) || COMMIT.test(text));
}
