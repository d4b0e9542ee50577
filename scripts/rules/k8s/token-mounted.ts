import { entriesOf, existingPath, textOf } from '../../resources/fields.ts';
import { indexTarget, type TargetIndex } from '../../resources/target-index.ts';
import { describeWorkload, serviceAccountOf } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit, stream } from './example.ts';

const mounting = edit(DEPLOYMENT, { '      automountServiceAccountToken: false\n': '' });

const account = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: default
  namespace: ai-spm
automountServiceAccountToken: false
`;

const tokenMounted: CodeInfo = {
  code: 'K8S028',
  slug: 'token-mounted',
  severity: 'warning',
  title: 'the pod carries an API token that it has no use for',
  why: 'Kubernetes mounts the token of the ServiceAccount into every container unless pod or account say no. No RBAC binding here grants this account anything, so the application does not call the API; whoever takes over the container still gets an authenticated identity in the cluster. The sidecar of Istio does not need this token: it has one of its own.',
  fix: 'Set `automountServiceAccountToken: false` in the pod spec or in the ServiceAccount.',
  bad: mounting,
  good: stream(account, mounting),
};

export const tokenMountedRule: ObjectRule = {
  codes: [tokenMounted],
  *check(target) {
    // The binding may be among what is not here.
    if (!target.complete) return;
    const index = indexTarget(target);
    const granted = grantedSubjects(index);
    for (const workload of index.workloads) {
      const { object, namespace, template } = workload;
      const name = serviceAccountOf(workload);
      const inAccount = index.find('', 'ServiceAccount', namespace, name)?.value['automountServiceAccountToken'];
      // The pod has the last word, whatever its account says.
      const mounts = (template.spec['automountServiceAccountToken'] ?? inAccount) !== false;
      if (!mounts || identitiesOf(namespace, name).some((identity) => granted.has(identity))) continue;
      yield {
        code: tokenMounted,
        object,
        path: existingPath(object.value, [...template.path, 'spec', 'automountServiceAccountToken']),
        message: `${describeWorkload(workload)} mounts the API token of ServiceAccount \`${name}\`, which no binding grants anything`,
      };
    }
  },
};

/** The names under which a binding may mean an account (authentication of service accounts). */
function identitiesOf(namespace: string, name: string): string[] {
  return [
    `User system:serviceaccount:${namespace}:${name}`,
    `Group system:serviceaccounts:${namespace}`,
    'Group system:serviceaccounts',
    'Group system:authenticated',
  ];
}

function grantedSubjects(index: TargetIndex): Set<string> {
  const bindings = ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
    index.ofKind('rbac.authorization.k8s.io', kind),
  );
  return new Set(
    bindings.flatMap(({ ref, value }) =>
      entriesOf(value['subjects']).map(({ value: subject }) => {
        const name = textOf(subject['name']) ?? '';
        if (subject['kind'] !== 'ServiceAccount') return `${String(subject['kind'])} ${name}`;
        return `User system:serviceaccount:${textOf(subject['namespace']) ?? ref.namespace ?? ''}:${name}`;
      }),
    ),
  );
}
