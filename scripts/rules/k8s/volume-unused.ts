import { indexTarget } from '../../resources/target-index.ts';
import { mountsOf, sidecarMounts, volumesOf } from '../../resources/volumes.ts';
import { describeWorkload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const volumes = `      volumes:
        - name: tmp
          emptyDir: {}
`;
const mount = `          volumeMounts:
            - name: tmp
              mountPath: /tmp
`;

const volumeUnused: CodeInfo = {
  code: 'K8S024',
  slug: 'volume-unused',
  severity: 'warning',
  title: 'no container mounts the volume',
  why: 'The pod waits for the volume all the same: a claim is attached, a missing ConfigMap keeps the pod from starting. Mostly a mount was forgotten, and the files land in the container instead, to be lost with it.',
  fix: 'Mount the volume, or remove it.',
  bad: `${DEPLOYMENT}${volumes}`,
  good: `${edit(DEPLOYMENT, { '          startupProbe:': `${mount}          startupProbe:` })}${volumes}`,
};

export const volumeUnusedRule: ObjectRule = {
  codes: [volumeUnused],
  *check(target) {
    for (const workload of indexTarget(target).workloads) {
      const mounted = new Set([
        ...sidecarMounts(workload),
        ...workload.containers.flatMap(mountsOf).map(({ volume }) => volume),
      ]);
      for (const { name, path } of volumesOf(workload)) {
        if (mounted.has(name)) continue;
        const message = `no container of ${describeWorkload(workload)} mounts volume \`${name}\``;
        yield { code: volumeUnused, object: workload.object, path, message };
      }
    }
  },
};
