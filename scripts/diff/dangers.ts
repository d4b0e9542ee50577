import { describeResource } from '../findings/finding.ts';
import { isPresent, recordOf } from '../resources/fields.ts';
import type { RenderedObject } from '../resources/kube-object.ts';
import { parseQuantity } from '../resources/quantity.ts';
import { valueAt } from '../resources/value.ts';
import { groupOf } from '../sources/declaration.ts';
import { fieldText } from './field-changes.ts';
import type { ObjectChange, SharedChange } from './object-changes.ts';
import { openings } from './openings.ts';

/** A change that loses data, cannot be applied, or opens what was closed. */
export interface Danger {
  kind: 'data' | 'refused' | 'opens' | 'outage';
  message: string;
  targets: readonly string[];
}

type Judge = (change: ObjectChange) => Omit<Danger, 'targets'>[];

export function dangersOf(changes: readonly SharedChange[]): Danger[] {
  const judges: Judge[] = [removed, immutable, shrunk, opened];
  return changes.flatMap((change) =>
    judges.flatMap((judge) => judge(change)).map((danger) => ({ ...danger, targets: change.targets })),
  );
}

/** What a deletion takes along; by group and kind. */
const LOST_WITH: Readonly<Record<string, Omit<Danger, 'targets' | 'message'> & { what: string }>> = {
  '/Namespace': { kind: 'data', what: 'everything in it is deleted' },
  '/PersistentVolumeClaim': { kind: 'data', what: 'its data is deleted, unless the storage class retains volumes' },
  'apps/StatefulSet': { kind: 'outage', what: 'its pods end; its volumes stay, and nothing uses them' },
  'apiextensions.k8s.io/CustomResourceDefinition': { kind: 'data', what: 'every object of that kind is deleted' },
  'argoproj.io/ApplicationSet': {
    kind: 'outage',
    what: 'its Applications are no longer kept, and may be deleted with it',
  },
  'argoproj.io/AppProject': { kind: 'outage', what: 'its Applications can no longer sync' },
  'argoproj.io/Application': { kind: 'outage', what: 'what it brought is no longer kept, and may be deleted with it' },
  'security.istio.io/PeerAuthentication': { kind: 'opens', what: 'mutual TLS is no longer demanded there' },
};

function removed({ kind, ref, before }: ObjectChange): ReturnType<Judge> {
  if (kind !== 'removed' || !before) return [];
  const loss = LOST_WITH[`${groupOf(ref.apiVersion)}/${ref.kind}`] ?? (isDefaultDeny(before) ? DENY_GONE : undefined);
  return loss ? [{ kind: loss.kind, message: `${describeResource(ref)} is removed: ${loss.what}` }] : [];
}

const DENY_GONE = { kind: 'opens', what: 'it denied what nothing else allows' } as const;

function isDefaultDeny({ ref, value }: RenderedObject): boolean {
  const spec = recordOf(value['spec']);
  if (ref.kind === 'AuthorizationPolicy') return spec['action'] === 'DENY' || isEmpty(spec['rules']);
  return ref.kind === 'NetworkPolicy' && isEmpty(spec['ingress']) && isEmpty(spec['egress']);
}

function isEmpty(value: unknown): boolean {
  return !isPresent(value) || (Array.isArray(value) && value.length === 0);
}

/**
 * Fields that the API server lets nobody change once an object exists (Kubernetes pkg/apis/.../validation): a sync fails until the object
 * is deleted.
 */
const IMMUTABLE: Readonly<Record<string, RegExp>> = {
  'apps/Deployment': /^spec\.selector\b/,
  'apps/DaemonSet': /^spec\.selector\b/,
  'apps/ReplicaSet': /^spec\.selector\b/,
  'apps/StatefulSet':
    /^spec\.(?!(?:replicas|ordinals|template|updateStrategy|revisionHistoryLimit|persistentVolumeClaimRetentionPolicy|minReadySeconds)\b)/,
  'batch/Job': /^spec\.(?:selector|template|completionMode)\b/,
  '/PersistentVolumeClaim': /^spec\.(?!resources\b|volumeAttributesClassName\b)/,
  '/Service': /^spec\.clusterIPs?\b/,
  'storage.k8s.io/StorageClass': /^(?:provisioner|parameters|reclaimPolicy|volumeBindingMode)\b/,
  'rbac.authorization.k8s.io/RoleBinding': /^roleRef\b/,
  'rbac.authorization.k8s.io/ClusterRoleBinding': /^roleRef\b/,
  'apiextensions.k8s.io/CustomResourceDefinition': /^spec\.(?:scope|group|names\.(?:kind|plural))\b/,
};

function immutable({ kind, ref, before, fields }: ObjectChange): ReturnType<Judge> {
  if (kind !== 'changed') return [];
  const frozen = IMMUTABLE[`${groupOf(ref.apiVersion)}/${ref.kind}`];
  const isSealed = ['Secret', 'ConfigMap'].includes(ref.kind) && before?.value['immutable'] === true;
  return fields.flatMap(({ path }) => {
    const field = fieldText(path);
    if (!frozen?.test(field) && !(isSealed && /^(?:data|stringData|binaryData|immutable)\b/.test(field))) return [];
    const message = `${describeResource(ref)}: \`${field}\` can never change; the sync fails until the object is deleted`;
    return [{ kind: 'refused', message }];
  });
}

function shrunk({ kind, ref, before, after }: ObjectChange): ReturnType<Judge> {
  if (kind !== 'changed' || ref.kind !== 'PersistentVolumeClaim') return [];
  const [old, now] = [before, after].map((one) => valueAt(one?.value, ['spec', 'resources', 'requests', 'storage']));
  const sizes = [old, now].map(parseQuantity);
  if (sizes[0] === undefined || sizes[1] === undefined || sizes[1] >= sizes[0]) return [];
  const message = `${describeResource(ref)} shrinks from ${String(old)} to ${String(now)}: a claim can only grow`;
  return [{ kind: 'refused', message }];
}

function opened(change: ObjectChange): ReturnType<Judge> {
  const { kind, ref, before, after } = change;
  const messages = kind === 'removed' && ref.kind === 'PeerAuthentication' ? [] : openings(change);
  if (before && after && isDefaultDeny(before) && !isDefaultDeny(after))
    messages.push(`${describeResource(ref)}: denied everything, and no longer does`);
  return messages.map((message) => ({ kind: 'opens', message }));
}
