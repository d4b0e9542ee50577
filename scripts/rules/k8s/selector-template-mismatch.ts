import { existingPath, isPresent, recordOf } from '../../resources/fields.ts';
import {
  describeSelector,
  matchesLabels,
  parseMapSelector,
  parseSelector,
  type Selector,
} from '../../resources/selectors.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { describeWorkload, type Workload } from '../../resources/workloads.ts';
import type { CodeInfo, KubeObject, ObjectProblem, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const selectorTemplateMismatch: CodeInfo = {
  code: 'K8S011',
  slug: 'selector-template-mismatch',
  severity: 'error',
  title: 'the selector does not match the pod template of its own object',
  why: 'A controller finds its pods by its selector. One that does not match the labels of the template would create pods forever without ever counting them, so the API server refuses the object: "`selector` does not match template `labels`".',
  fix: 'Make every label of the selector a label of the pod template. The selector of a live object cannot be changed; the template can.',
  bad: edit(DEPLOYMENT, {
    '      labels:\n        app.kubernetes.io/name: api-gateway':
      '      labels:\n        app.kubernetes.io/name: gateway',
  }),
  good: edit(DEPLOYMENT, {
    '      labels:\n        app.kubernetes.io/name: api-gateway':
      '      labels:\n        app.kubernetes.io/name: api-gateway\n        app.kubernetes.io/component: gateway',
  }),
};

/** Kinds that validate the pair; a Job only where someone wrote a selector, since it makes its own otherwise. */
const PARSERS: Readonly<Record<string, (value: unknown) => Selector>> = {
  'apps/DaemonSet': parseSelector,
  'apps/Deployment': parseSelector,
  'apps/ReplicaSet': parseSelector,
  'apps/StatefulSet': parseSelector,
  'batch/Job': parseSelector,
  '/ReplicationController': parseMapSelector,
};

export const selectorTemplateMismatchRule: ObjectRule = {
  codes: [selectorTemplateMismatch],
  *check(target) {
    for (const workload of indexTarget(target).workloads) yield* problemOf(workload);
  },
};

function* problemOf(workload: Workload): Generator<ObjectProblem> {
  const { object, group, kind, template } = workload;
  const parse = PARSERS[`${group}/${kind}`];
  const value = selectorIn(object.value);
  if (!parse || !isPresent(value)) return;
  const selector = parse(value);
  const problem = (path: readonly (string | number)[], message: string): ObjectProblem => {
    return { code: selectorTemplateMismatch, object, path: existingPath(object.value, path), message };
  };
  if (selector.kind === 'invalid') {
    yield problem(
      ['spec', 'selector', 'matchExpressions'],
      `the selector of ${describeWorkload(workload)} is invalid: ${selector.reason}`,
    );
  } else if (selector.kind === 'requirements') {
    if (matchesLabels(selector, template.labels)) return;
    const missing = selector.requirements.filter(
      (one) => !matchesLabels({ kind: 'requirements', requirements: [one] }, template.labels),
    );
    const wanted = describeSelector({ kind: 'requirements', requirements: missing });
    const message = `${describeWorkload(workload)} selects \`${wanted}\`, which the labels of its pod template do not satisfy`;
    yield problem([...template.path, 'metadata', 'labels', missing[0]?.key ?? ''], message);
  } else if (kind !== 'Job' && kind !== 'ReplicationController') {
    yield problem(
      ['spec', 'selector'],
      `the selector of ${describeWorkload(workload)} is empty, which the API server refuses`,
    );
  }
}

function selectorIn(object: KubeObject): unknown {
  return recordOf(object['spec'])['selector'];
}
