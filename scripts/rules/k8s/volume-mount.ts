import { quoted } from '../../resources/fields.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { mountsOf, volumesOf } from '../../resources/volumes.ts';
import { describeWorkload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const MOUNTS = `          volumeMounts:
            - name: data
              mountPath: /data
            - name: tmp
              mountPath: /tmp
`;
const VOLUMES = `      volumes:
        - name: data
          emptyDir: {}
        - name: tmp
          emptyDir: {}
`;
const mounting = `${edit(DEPLOYMENT, { '          startupProbe:': `${MOUNTS}          startupProbe:` })}${VOLUMES}`;

const volumeMount: CodeInfo = {
  code: 'K8S023',
  slug: 'volume-mount',
  severity: 'error',
  title: 'a mount names no volume of the pod, or two mounts have the same path',
  why: 'The API server refuses such a pod: a mount must name an entry of `spec.volumes` (or a claim template of its StatefulSet), and mount paths must be unique within a container.',
  fix: 'Correct the name of the volume or add it, and give each mount a path of its own.',
  bad: edit(mounting, { 'mountPath: /tmp': 'mountPath: /data' }),
  good: mounting,
};

export const volumeMountRule: ObjectRule = {
  codes: [volumeMount],
  *check(target) {
    for (const workload of indexTarget(target).workloads) {
      const { object } = workload;
      const volumes = volumesOf(workload).map(({ name }) => name);
      const known = new Set(volumes);
      for (const container of workload.containers) {
        const places = new Map<string, string>();
        const subject = `container \`${container.name}\` of ${describeWorkload(workload)}`;
        for (const { volume, field, at, path } of mountsOf(container)) {
          if (!known.has(volume)) {
            const declared = volumes.length > 0 ? `it has ${quoted(volumes)}` : 'it has none';
            const message = `${subject} mounts \`${volume}\`, which is no volume of the pod; ${declared}`;
            yield { code: volumeMount, object, path: [...path, 'name'], message };
          }
          const earlier = at === '' ? undefined : places.get(at);
          if (earlier !== undefined) {
            const message = `${subject} mounts both \`${earlier}\` and \`${volume}\` at \`${at}\``;
            yield { code: volumeMount, object, path: [...path, field], message };
          }
          places.set(at, volume);
        }
      }
    }
  },
};
