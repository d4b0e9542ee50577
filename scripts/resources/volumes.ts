import { entriesOf, recordOf, textOf } from './fields.ts';
import type { FieldPath } from './kube-object.ts';
import { isRecord } from './value.ts';
import type { Container, Workload } from './workloads.ts';

export interface Volume {
  name: string;
  path: FieldPath;
}

export interface Mount {
  volume: string;
  /** `mountPath` of a file system, `devicePath` of a raw block device. */
  field: 'mountPath' | 'devicePath';
  at: string;
  path: FieldPath;
}

/** Volumes of the pod, and those that a StatefulSet adds for its claim templates. */
export function volumesOf({ object, template, group, kind }: Workload): Volume[] {
  const claims =
    group === 'apps' && kind === 'StatefulSet' ? recordOf(object.value['spec'])['volumeClaimTemplates'] : undefined;
  return [
    ...entriesOf(template.spec['volumes']).map(({ value, index }) => {
      return { name: textOf(value['name']) ?? '', path: [...template.path, 'spec', 'volumes', index] };
    }),
    ...entriesOf(claims).map(({ value, index }) => {
      return { name: textOf(recordOf(value['metadata'])['name']) ?? '', path: ['spec', 'volumeClaimTemplates', index] };
    }),
  ];
}

export function mountsOf({ value, path }: Container): Mount[] {
  const mounts = (list: string, field: Mount['field']): Mount[] =>
    entriesOf(value[list]).map(({ value: mount, index }) => {
      return {
        volume: textOf(mount['name']) ?? '',
        field,
        at: textOf(mount[field]) ?? '',
        path: [...path, list, index],
      };
    });
  return [...mounts('volumeMounts', 'mountPath'), ...mounts('volumeDevices', 'devicePath')];
}

/** Volumes that Istio mounts into the sidecar it injects: `sidecar.istio.io/userVolumeMount`, a JSON list (or a map by name). */
export function sidecarMounts({ template }: Workload): string[] {
  const text = textOf(template.annotations['sidecar.istio.io/userVolumeMount']);
  if (text === undefined) return [];
  try {
    const mounts: unknown = JSON.parse(text);
    if (isRecord(mounts)) return Object.keys(mounts);
    return entriesOf(mounts).flatMap(({ value }) => textOf(value['name']) ?? []);
  } catch {
    // An annotation that is no JSON mounts nothing; Istio refuses to inject then.
    return [];
  }
}
