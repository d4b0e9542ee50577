import { entriesOf, isPresent, recordOf } from './fields.ts';
import type { TargetIndex } from './target-index.ts';
import type { Container, Workload } from './workloads.ts';

/** What the LimitRange objects of a namespace fill in for containers that say nothing. */
export interface ContainerDefaults {
  requests: ReadonlySet<string>;
  limits: ReadonlySet<string>;
}

/** Defaults by namespace, filled as the API server does: limit from max, request from the default limit, else from min. */
export function containerDefaults(index: TargetIndex): (namespace: string) => ContainerDefaults {
  const byNamespace = new Map<string, { requests: Set<string>; limits: Set<string> }>();
  for (const { ref, value } of index.ofKind('', 'LimitRange')) {
    const defaults = byNamespace.get(ref.namespace ?? '') ?? { requests: new Set(), limits: new Set() };
    byNamespace.set(ref.namespace ?? '', defaults);
    for (const { value: limit } of entriesOf(recordOf(value['spec'])['limits'])) {
      if (limit['type'] !== 'Container') continue;
      const limits = [...namesIn(limit['default']), ...namesIn(limit['max'])];
      for (const name of limits) defaults.limits.add(name);
      for (const name of [...limits, ...namesIn(limit['defaultRequest']), ...namesIn(limit['min'])])
        defaults.requests.add(name);
    }
  }
  const none: ContainerDefaults = { requests: new Set(), limits: new Set() };
  return (namespace) => byNamespace.get(namespace) ?? none;
}

/** A limit without a request also sets the request (SetDefaults_Pod). */
export function hasRequest(container: Container, resource: string, defaults: ContainerDefaults): boolean {
  const { requests, limits } = recordOf(container.value['resources']);
  return sets(requests, resource) || sets(limits, resource) || defaults.requests.has(resource);
}

export function hasLimit(container: Container, resource: string, defaults: ContainerDefaults): boolean {
  return sets(recordOf(container.value['resources'])['limits'], resource) || defaults.limits.has(resource);
}

/** Requests and limits of the whole pod (`spec.resources`, on by default from Kubernetes 1.34). */
export function podLevel({ template }: Workload): {
  hasRequest(resource: string): boolean;
  hasLimit(resource: string): boolean;
} {
  const { requests, limits } = recordOf(template.spec['resources']);
  return {
    hasRequest: (resource) => sets(requests, resource) || sets(limits, resource),
    hasLimit: (resource) => sets(limits, resource),
  };
}

function sets(list: unknown, resource: string): boolean {
  return isPresent(recordOf(list)[resource]);
}

function namesIn(list: unknown): string[] {
  return Object.keys(recordOf(list));
}
