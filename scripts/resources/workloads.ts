import { groupOf } from '../sources/declaration.ts';
import { entriesOf, isPresent, recordOf } from './fields.ts';
import type { FieldPath, KubeObject, RenderedObject } from './kube-object.ts';
import type { Labels } from './selectors.ts';
import { valueAt } from './value.ts';

/** The pod that an object is or creates. */
export interface PodTemplate {
  /** Where metadata and spec of the pod stand in the object; empty for a Pod. */
  path: FieldPath;
  labels: Labels;
  annotations: Labels;
  spec: Readonly<Record<string, unknown>>;
}

/** `sidecar` is an init container with restartPolicy Always: it runs as long as the pod does. */
export type ContainerRole = 'init' | 'sidecar' | 'main' | 'ephemeral';

export interface Container {
  name: string;
  role: ContainerRole;
  value: Readonly<Record<string, unknown>>;
  /** From the root of the object. */
  path: FieldPath;
}

/** An object that runs pods, with what every rule about pods asks for. */
export interface Workload {
  object: RenderedObject;
  group: string;
  kind: string;
  name: string;
  /** Empty where the manifest leaves it to whoever applies it. */
  namespace: string;
  template: PodTemplate;
  /** In the order of the pod: init containers and sidecars, main containers, ephemeral containers. */
  containers: readonly Container[];
}

const TEMPLATE = ['spec', 'template'] as const;
const TEMPLATES: Readonly<Record<string, FieldPath>> = {
  '/Pod': [],
  '/ReplicationController': TEMPLATE,
  'apps/DaemonSet': TEMPLATE,
  'apps/Deployment': TEMPLATE,
  'apps/ReplicaSet': TEMPLATE,
  'apps/StatefulSet': TEMPLATE,
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  'batch/Job': TEMPLATE,
};

/**
 * The pod template of an object, `undefined` where it runs no pods. A custom kind counts when it carries a template like the
 * built-in ones, as Argo Rollouts do.
 */
export function podTemplateOf(object: KubeObject): PodTemplate | undefined {
  const known = TEMPLATES[`${groupOf(object.apiVersion)}/${object.kind}`];
  const path = known ?? TEMPLATE;
  const root = recordOf(valueAt(object, path));
  const spec = recordOf(root['spec']);
  if (!known && !Array.isArray(spec['containers'])) return undefined;
  const { labels, annotations } = recordOf(root['metadata']);
  return { path, labels: recordOf(labels), annotations: recordOf(annotations), spec };
}

export function containersOf({ spec, path }: PodTemplate): Container[] {
  const list = (field: string, role: (container: Record<string, unknown>) => ContainerRole) =>
    entriesOf(spec[field]).map(({ value, index }): Container => {
      return { name: String(value['name'] ?? index), role: role(value), value, path: [...path, 'spec', field, index] };
    });
  return [
    ...list('initContainers', ({ restartPolicy }) => (restartPolicy === 'Always' ? 'sidecar' : 'init')),
    ...list('containers', () => 'main'),
    ...list('ephemeralContainers', () => 'ephemeral'),
  ];
}

export function workloadOf(object: RenderedObject): Workload | undefined {
  const template = podTemplateOf(object.value);
  if (!template) return undefined;
  const { apiVersion, kind, name, namespace = '' } = object.ref;
  return { object, group: groupOf(apiVersion), kind, name, namespace, template, containers: containersOf(template) };
}

/** `Deployment api-gateway`: how messages name a workload. */
export function describeWorkload({ kind, name }: Workload): string {
  return `${kind} \`${name}\``;
}

/** Main containers and sidecars: what is alive while the pod serves. */
export function runningContainers({ containers }: Workload): Container[] {
  return containers.filter(({ role }) => role === 'main' || role === 'sidecar');
}

/** The account that the pods run as; `serviceAccount` is the old name of the field, still honoured. */
export function serviceAccountOf({ template: { spec } }: Workload): string {
  const name = [spec['serviceAccountName'], spec['serviceAccount']].find((value) => isPresent(value) && value !== '');
  return typeof name === 'string' ? name : 'default';
}
