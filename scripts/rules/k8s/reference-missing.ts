import { entriesOf, existingPath, recordOf, textOf } from '../../resources/fields.ts';
import type { RenderedObject, RenderedTarget } from '../../resources/kube-object.ts';
import { type Reference, referencesOf } from '../../resources/references.ts';
import { indexTarget, type TargetIndex } from '../../resources/target-index.ts';
import type { CodeInfo, ObjectProblem, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit, stream } from './example.ts';

const deployment = (key: string) =>
  edit(DEPLOYMENT, {
    '          ports:': `          env:
            - name: LOG_LEVEL
              valueFrom:
                configMapKeyRef:
                  name: api-gateway
                  key: ${key}
          ports:`,
  });

const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: api-gateway
  namespace: ai-spm
data:
  log-level: info
`;

const referenceMissing: CodeInfo = {
  code: 'K8S014',
  slug: 'reference-missing',
  severity: 'error',
  title: 'a reference names nothing that exists',
  why: 'Kubernetes resolves names at run time: a pod whose ConfigMap, key or claim is missing never starts, one whose ServiceAccount or PriorityClass is missing is not even created, an autoscaler without its target never scales, pods of a StatefulSet without its Service have no DNS name, and a RoleBinding without its Role grants nothing. References to Secrets are not checked here: they are sealed per cluster, outside the rendered objects.',
  fix: 'Correct the name or the key, add the missing object, or set `optional: true` where the pod can start without it.',
  bad: stream(configMap, deployment('loglevel')),
  good: stream(configMap, deployment('log-level')),
};

/** What every cluster (or every mesh) brings along. */
const BUILT_IN = new Set([
  'ConfigMap kube-root-ca.crt',
  'ConfigMap istio-ca-root-cert',
  'PriorityClass system-cluster-critical',
  'PriorityClass system-node-critical',
  'ServiceAccount default',
]);

export const referenceMissingRule: ObjectRule = {
  codes: [referenceMissing],
  *check(target) {
    if (!target.complete) return;
    const index = indexTarget(target);
    const claims = templateClaims(index);
    for (const object of target.objects) {
      for (const reference of referencesOf(object)) yield* problems(object, reference, index, claims);
    }
  },
};

function* problems(
  object: RenderedObject,
  reference: Reference,
  index: TargetIndex,
  claims: ReadonlySet<string>,
): Generator<ObjectProblem> {
  const { group, kind, namespace, name, keys } = reference;
  if (BUILT_IN.has(`${kind} ${name}`)) return;
  const subject = `${object.ref.kind} \`${object.ref.name}\``;
  const found = index.find(group, kind, namespace, name);
  if (!found) {
    if (kind === 'PersistentVolumeClaim' && claims.has(`${namespace}\n${name.replace(/-\d+$/, '')}`)) return;
    const where = namespace ? ` in namespace \`${namespace}\`` : '';
    const type = group && group !== 'scheduling.k8s.io' ? `${kind}.${group}` : kind;
    const message = `${subject} names ${type} \`${name}\`, which does not exist${where}`;
    yield { code: referenceMissing, object, path: reference.path, message };
    return;
  }
  const present = { ...recordOf(found.value['data']), ...recordOf(found.value['binaryData']) };
  for (const { path, key } of keys) {
    if (Object.hasOwn(present, key)) continue;
    const message = `${subject} names key \`${key}\` of ${kind} \`${name}\`, which has ${Object.keys(present).length > 0 ? `only ${list(present)}` : 'no keys'}`;
    yield { code: referenceMissing, object, path: existingPath(object.value, path), message };
  }
}

function list(keys: Record<string, unknown>): string {
  return Object.keys(keys)
    .map((key) => `\`${key}\``)
    .join(', ');
}

/** Claims that a StatefulSet makes for its pods, without their ordinal: `data-database` for `data-database-0`. */
function templateClaims(index: TargetIndex): Set<string> {
  const sets: RenderedTarget['objects'] = index.ofKind('apps', 'StatefulSet');
  return new Set(
    sets.flatMap(({ ref, value }) =>
      entriesOf(recordOf(value['spec'])['volumeClaimTemplates']).map(
        (claim) => `${ref.namespace ?? ''}\n${textOf(recordOf(claim.value['metadata'])['name'])}-${ref.name}`,
      ),
    ),
  );
}
