import { recordOf } from '../fields.ts';
import type { FieldPath } from '../kube-object.ts';
import type { Container } from '../workloads.ts';

/** A pod with its containers, as the controls look at it. */
export interface Pod {
  spec: Readonly<Record<string, unknown>>;
  annotations: Readonly<Record<string, unknown>>;
  /** Of metadata and spec. */
  path: FieldPath;
  containers: readonly Container[];
  isWindows: boolean;
}

/** Where a security context stands: the pod's first, then one per container. */
export interface Scope {
  subject: string;
  context: Record<string, unknown>;
  path: FieldPath;
}

/** A field that keeps a pod out of a namespace that enforces the standard. */
export interface Violation {
  /** From the root of the object; the field may be one that is missing. */
  path: FieldPath;
  message: string;
  fix: string;
}

/** A control under the name that the Pod Security Standards give it. */
export type Control = readonly [name: string, check: (pod: Pod) => Violation[]];

export function podScope({ spec, path }: Pod): Scope {
  return { subject: 'the pod', context: recordOf(spec['securityContext']), path: [...path, 'spec', 'securityContext'] };
}

export function containerScopes({ containers }: Pod): Scope[] {
  return containers.map(({ name, value, path }) => {
    return {
      subject: `container \`${name}\``,
      context: recordOf(value['securityContext']),
      path: [...path, 'securityContext'],
    };
  });
}

export function allScopes(pod: Pod): Scope[] {
  return [podScope(pod), ...containerScopes(pod)];
}
