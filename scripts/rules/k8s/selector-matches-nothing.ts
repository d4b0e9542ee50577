import { entriesOf, existingPath, isPresent, recordOf, textsOf } from '../../resources/fields.ts';
import type { FieldPath, RenderedObject } from '../../resources/kube-object.ts';
import { describeSelector, parseSelector } from '../../resources/selectors.ts';
import { describeElsewhere, indexTarget, type TargetIndex } from '../../resources/target-index.ts';
import type { Workload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectProblem, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, stream } from './example.ts';

const policy = (app: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: api-gateway
  namespace: ai-spm
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: ${app}
  policyTypes: [Ingress]
`;

const selectorMatchesNothing: CodeInfo = {
  code: 'K8S018',
  slug: 'selector-matches-nothing',
  severity: 'error',
  title: 'a label selector matches no pods',
  why: 'A NetworkPolicy that selects no pods guards none, and a peer that matches none lets nobody in: both look right in review. A spread constraint or anti-affinity without matching pods spreads nothing, and a required affinity leaves the pod Pending. Kubernetes accepts them all in silence.',
  fix: 'Set the selector to labels that a pod template of the namespace carries, or remove what it belongs to.',
  bad: stream(DEPLOYMENT, policy('gateway')),
  good: stream(DEPLOYMENT, policy('api-gateway')),
};

/** A selector within one object, and the namespaces it looks at. */
interface Use {
  path: FieldPath;
  selector: unknown;
  namespaces: readonly string[];
  /** What it means that nothing matches. */
  effect: string;
}

export const selectorMatchesNothingRule: ObjectRule = {
  codes: [selectorMatchesNothing],
  *check(target) {
    if (!target.complete) return;
    const index = indexTarget(target);
    for (const object of index.ofKind('networking.k8s.io', 'NetworkPolicy'))
      yield* problems(object, policyUses(object), index);
    for (const workload of index.workloads) yield* problems(workload.object, placementUses(workload, index), index);
  },
};

function* problems(object: RenderedObject, uses: readonly Use[], index: TargetIndex): Generator<ObjectProblem> {
  for (const { path, selector: value, namespaces, effect } of uses) {
    const selector = parseSelector(value);
    const at = existingPath(object.value, path);
    if (selector.kind === 'everything') continue;
    if (selector.kind === 'invalid') {
      yield { code: selectorMatchesNothing, object, path: at, message: `the selector is invalid: ${selector.reason}` };
    } else if (selector.kind === 'nothing') {
      yield { code: selectorMatchesNothing, object, path: at, message: `without a label selector ${effect}` };
    } else if (!namespaces.some((namespace) => index.select(namespace, selector).length > 0)) {
      const message = `no pod template of the namespace has the labels \`${describeSelector(selector)}\`, so ${effect}${describeElsewhere(index, selector, object)}`;
      yield { code: selectorMatchesNothing, object, path: at, message };
    }
  }
}

function policyUses(object: RenderedObject): Use[] {
  const { podSelector, ingress, egress } = recordOf(object.value['spec']);
  const namespaces = [object.ref.namespace ?? ''];
  const peers = (rules: unknown, direction: 'ingress' | 'egress', side: 'from' | 'to', effect: string): Use[] =>
    entriesOf(rules).flatMap(({ value: rule, index }) =>
      entriesOf(rule[side])
        // With a namespaceSelector the pods may be anywhere, also where this target does not reach.
        .filter(({ value }) => isPresent(value['podSelector']) && !isPresent(value['namespaceSelector']))
        .map(({ value, index: place }) => {
          return {
            path: ['spec', direction, index, side, place, 'podSelector'],
            selector: value['podSelector'],
            namespaces,
            effect,
          };
        }),
    );
  return [
    // Absent is the same as empty here: the field is a value in the API, not a pointer.
    { path: ['spec', 'podSelector'], selector: podSelector ?? {}, namespaces, effect: 'the policy guards no pods' },
    ...peers(ingress, 'ingress', 'from', 'this peer lets nobody in'),
    ...peers(egress, 'egress', 'to', 'this peer lets nothing out'),
  ];
}

function placementUses({ namespace, template }: Workload, index: TargetIndex): Use[] {
  const spec = [...template.path, 'spec'];
  const { podAffinity, podAntiAffinity } = recordOf(template.spec['affinity']);
  const spread = entriesOf(template.spec['topologySpreadConstraints']).map(({ value, index }): Use => {
    const path = [...spec, 'topologySpreadConstraints', index, 'labelSelector'];
    return {
      path,
      selector: value['labelSelector'],
      namespaces: [namespace],
      effect: 'the constraint spreads nothing',
    };
  });
  return [
    ...spread,
    ...[
      ...affinityUses(podAffinity, [...spec, 'affinity', 'podAffinity'], namespace, {
        required: 'the pod stays Pending',
        preferred: 'the preference has no effect',
      }),
      ...affinityUses(podAntiAffinity, [...spec, 'affinity', 'podAntiAffinity'], namespace, {
        required: 'nothing is kept apart',
        preferred: 'nothing is kept apart',
      }),
      // A namespace of which the target holds nothing, like kube-system, is not described by it.
    ].filter(({ namespaces }) => namespaces.every((one) => one === namespace || index.hasNamespace(one))),
  ];
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

interface Effects {
  required: string;
  preferred: string;
}

function affinityUses(affinity: unknown, path: FieldPath, own: string, effects: Effects): Use[] {
  const terms = recordOf(affinity);
  const required = entriesOf(terms[REQUIRED]).map(({ value, index }) => {
    return { term: value, at: [...path, REQUIRED, index], effect: effects.required };
  });
  const preferred = entriesOf(terms[PREFERRED]).map(({ value, index }) => {
    const at = [...path, PREFERRED, index, 'podAffinityTerm'];
    return { term: recordOf(value['podAffinityTerm']), at, effect: effects.preferred };
  });
  return [...required, ...preferred].flatMap(({ term, at, effect }) => {
    if (isPresent(term['namespaceSelector'])) return [];
    const named = textsOf(term['namespaces']);
    const namespaces = named.length > 0 ? named : [own];
    return [{ path: [...at, 'labelSelector'], selector: term['labelSelector'], namespaces, effect }];
  });
}
