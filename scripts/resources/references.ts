import { groupOf } from '../sources/declaration.ts';
import { entriesOf, recordOf, textOf } from './fields.ts';
import type { FieldPath, RenderedObject } from './kube-object.ts';
import { serviceAccountOf, type Workload, workloadOf } from './workloads.ts';

/** A field that names another object. */
export interface Reference {
  /** The field that holds the name. */
  path: FieldPath;
  group: string;
  kind: string;
  /** Empty for cluster-scoped kinds. */
  namespace: string;
  name: string;
  /** Keys that must be there in a ConfigMap, each with the field that names it. */
  keys: readonly { path: FieldPath; key: string }[];
}

/**
 * References that Kubernetes resolves by name in the same namespace. Secrets are left out: they are sealed per cluster, or made by
 * a controller, and never rendered. So are StorageClass, RuntimeClass and IngressClass, which belong to the cluster.
 */
export function referencesOf(object: RenderedObject): Reference[] {
  const workload = workloadOf(object);
  const finder = FINDERS[`${groupOf(object.ref.apiVersion)}/${object.ref.kind}`];
  return [...(workload ? podReferences(workload) : []), ...(finder?.(object) ?? [])];
}

type Finder = (object: RenderedObject) => Reference[];

const FINDERS: Readonly<Record<string, Finder>> = {
  'apps/StatefulSet': (object) => [
    ...reference(object, ['spec', 'serviceName'], '', 'Service', specOf(object)['serviceName']),
  ],
  'autoscaling/HorizontalPodAutoscaler': (object) => {
    const { apiVersion, kind, name } = recordOf(specOf(object)['scaleTargetRef']);
    const path = ['spec', 'scaleTargetRef', 'name'];
    return reference(object, path, groupOf(textOf(apiVersion) ?? ''), textOf(kind) ?? '', name);
  },
  'networking.k8s.io/Ingress': (object) => {
    const { defaultBackend, rules } = specOf(object);
    const routes = entriesOf(rules).flatMap(({ value: rule, index }) =>
      entriesOf(recordOf(rule['http'])['paths']).map(({ value, index: place }) => ({
        backend: value['backend'],
        path: ['spec', 'rules', index, 'http', 'paths', place, 'backend'],
      })),
    );
    return [{ backend: defaultBackend, path: ['spec', 'defaultBackend'] }, ...routes].flatMap(({ backend, path }) =>
      reference(object, [...path, 'service', 'name'], '', 'Service', recordOf(recordOf(backend)['service'])['name']),
    );
  },
  'rbac.authorization.k8s.io/RoleBinding': (object) => {
    const { kind, name } = recordOf(object.value['roleRef']);
    return kind === 'Role' ? reference(object, ['roleRef', 'name'], 'rbac.authorization.k8s.io', 'Role', name) : [];
  },
};

function specOf(object: RenderedObject): Record<string, unknown> {
  return recordOf(object.value['spec']);
}

/** Nothing where the field is empty or is no text. */
function reference(
  object: RenderedObject,
  path: FieldPath,
  group: string,
  kind: string,
  name: unknown,
  keys: Reference['keys'] = [],
): Reference[] {
  if (typeof name !== 'string' || name === '' || kind === '') return [];
  const namespace = kind === 'PriorityClass' ? '' : (object.ref.namespace ?? '');
  return [{ path, group, kind, namespace, name, keys }];
}

function podReferences(workload: Workload): Reference[] {
  const { object, template, containers } = workload;
  const spec = [...template.path, 'spec'];
  const account = template.spec['serviceAccountName'] ? 'serviceAccountName' : 'serviceAccount';
  return [
    ...reference(object, [...spec, account], '', 'ServiceAccount', serviceAccountOf(workload)),
    ...reference(
      object,
      [...spec, 'priorityClassName'],
      'scheduling.k8s.io',
      'PriorityClass',
      template.spec['priorityClassName'],
    ),
    ...entriesOf(template.spec['volumes']).flatMap(({ value, index }) =>
      volumeReferences(object, value, [...spec, 'volumes', index]),
    ),
    ...containers.flatMap(({ value, path }) => environmentReferences(object, value, path)),
  ];
}

function volumeReferences(object: RenderedObject, volume: Record<string, unknown>, path: FieldPath): Reference[] {
  const claim = recordOf(volume['persistentVolumeClaim'])['claimName'];
  const claimPath = [...path, 'persistentVolumeClaim', 'claimName'];
  return [
    ...reference(object, claimPath, '', 'PersistentVolumeClaim', claim),
    ...configMapVolume(object, volume['configMap'], [...path, 'configMap']),
    ...entriesOf(recordOf(volume['projected'])['sources']).flatMap(({ value, index }) =>
      configMapVolume(object, value['configMap'], [...path, 'projected', 'sources', index, 'configMap']),
    ),
  ];
}

function configMapVolume(object: RenderedObject, source: unknown, path: FieldPath): Reference[] {
  const { name, items, optional } = recordOf(source);
  if (optional === true) return [];
  const keys = entriesOf(items).map(({ value, index }) => ({
    path: [...path, 'items', index, 'key'],
    key: textOf(value['key']) ?? '',
  }));
  return reference(object, [...path, 'name'], '', 'ConfigMap', name, keys);
}

function environmentReferences(
  object: RenderedObject,
  container: Readonly<Record<string, unknown>>,
  path: FieldPath,
): Reference[] {
  const all = entriesOf(container['envFrom']).flatMap(({ value, index }) => {
    const { name, optional } = recordOf(value['configMapRef']);
    return optional === true
      ? []
      : reference(object, [...path, 'envFrom', index, 'configMapRef', 'name'], '', 'ConfigMap', name);
  });
  const single = entriesOf(container['env']).flatMap(({ value, index }) => {
    const { name, key, optional } = recordOf(recordOf(value['valueFrom'])['configMapKeyRef']);
    const at = [...path, 'env', index, 'valueFrom', 'configMapKeyRef'];
    const keys = [{ path: [...at, 'key'], key: textOf(key) ?? '' }];
    return optional === true ? [] : reference(object, [...at, 'name'], '', 'ConfigMap', name, keys);
  });
  return [...all, ...single];
}
