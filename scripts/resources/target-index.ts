import { groupOf } from '../sources/declaration.ts';
import type { RenderedObject, RenderedTarget } from './kube-object.ts';
import { matchesLabels, type Selector } from './selectors.ts';
import { type Workload, workloadOf } from './workloads.ts';

/** Lookups over one target; each costs a map access, so that rules stay linear in the number of objects. */
export interface TargetIndex {
  workloads: readonly Workload[];
  ofKind(group: string, kind: string): readonly RenderedObject[];
  /** `namespace` is empty for cluster-scoped kinds. */
  find(group: string, kind: string, namespace: string, name: string): RenderedObject | undefined;
  /** Workloads of a namespace whose pods a selector selects. */
  select(namespace: string, selector: Selector): readonly Workload[];
  hasNamespace(namespace: string): boolean;
  /** Namespaces with a workload that a selector would select. */
  namespacesWith(selector: Selector): readonly string[];
}

/** Targets hand the same list of objects to every rule, so the list is what an index is remembered by. */
const known = new WeakMap<readonly RenderedObject[], TargetIndex>();

export function indexTarget({ objects }: Pick<RenderedTarget, 'objects'>): TargetIndex {
  const index = known.get(objects) ?? build(objects);
  known.set(objects, index);
  return index;
}

function build(objects: readonly RenderedObject[]): TargetIndex {
  const byKind = new Map<string, RenderedObject[]>();
  const byName = new Map<string, RenderedObject>();
  const byNamespace = new Map<string, Workload[]>();
  const byLabel = new Map<string, Workload[]>();
  const workloads: Workload[] = [];
  for (const object of objects) {
    const { apiVersion, kind, namespace = '' } = object.ref;
    append(byKind, `${groupOf(apiVersion)}/${kind}`, object);
    byName.set(objectKey(object), object);
    const workload = workloadOf(object);
    if (!workload) continue;
    workloads.push(workload);
    append(byNamespace, namespace, workload);
    for (const [key, value] of Object.entries(workload.template.labels))
      append(byLabel, labelKey(namespace, key, value), workload);
  }
  const namespaces = new Set(objects.map(({ ref }) => ref.namespace ?? ''));

  /** The shortest list that holds every match: the rarest of the labels that the selector demands. */
  const candidates = (namespace: string, selector: Selector): readonly Workload[] => {
    let shortest: readonly Workload[] = byNamespace.get(namespace) ?? [];
    for (const { key, operator, values } of selector.kind === 'requirements' ? selector.requirements : []) {
      if (operator !== 'In' || values.size !== 1) continue;
      const list = byLabel.get(labelKey(namespace, key, [...values][0])) ?? [];
      if (list.length < shortest.length) shortest = list;
    }
    return shortest;
  };

  const select: TargetIndex['select'] = (namespace, selector) =>
    candidates(namespace, selector).filter(({ template }) => matchesLabels(selector, template.labels));

  return {
    workloads,
    ofKind: (group, kind) => byKind.get(`${group}/${kind}`) ?? [],
    find: (group, kind, namespace, name) => byName.get(keyOf(group, kind, namespace, name)),
    select,
    hasNamespace: (namespace) => namespaces.has(namespace),
    namespacesWith: (selector) => [...byNamespace.keys()].filter((namespace) => select(namespace, selector).length > 0),
  };
}

/** For a message about a selector that selects nothing: tells a wrong or missing namespace from wrong labels. */
export function describeElsewhere(index: TargetIndex, selector: Selector, { ref }: RenderedObject): string {
  const others = index
    .namespacesWith(selector)
    .map((name) => (name ? `in namespace \`${name}\`` : 'without a namespace'));
  if (others.length === 0) return '';
  const own = ref.namespace ? `is in \`${ref.namespace}\`` : 'has no namespace';
  return `; such pods are ${others.join(' and ')}, and this ${ref.kind} ${own}`;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** What makes an object one and the same to the API server, whatever version it is written in. */
export function objectKey({ ref }: RenderedObject): string {
  return keyOf(groupOf(ref.apiVersion), ref.kind, ref.namespace ?? '', ref.name);
}

function keyOf(...parts: string[]): string {
  return parts.join('\n');
}

function labelKey(namespace: string, key: string, value: unknown): string {
  return [namespace, key, typeof value, String(value)].join('\n');
}
