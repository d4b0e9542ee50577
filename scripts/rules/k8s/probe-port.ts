import { quoted, recordOf, textOf } from '../../resources/fields.ts';
import type { FieldPath } from '../../resources/kube-object.ts';
import { portsOf } from '../../resources/ports.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { type Container, describeWorkload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const probePort: CodeInfo = {
  code: 'K8S019',
  slug: 'probe-port',
  severity: 'error',
  title: 'a probe or lifecycle hook names a port that its container does not declare',
  why: 'The kubelet looks a port name up among the ports of the same container. One that it does not find fails every probe: the pod never becomes ready, or is restarted without end; a failing postStart hook kills the container.',
  fix: 'Use the name of a port of this container, or the number.',
  bad: edit(DEPLOYMENT, {
    '          readinessProbe:\n            httpGet:\n              path: /api/health\n              port: http':
      '          readinessProbe:\n            httpGet:\n              path: /api/health\n              port: web',
  }),
  good: edit(DEPLOYMENT, {
    '          readinessProbe:\n            httpGet:\n              path: /api/health\n              port: http':
      '          readinessProbe:\n            httpGet:\n              path: /api/health\n              port: 5000',
  }),
};

export const probePortRule: ObjectRule = {
  codes: [probePort],
  *check(target) {
    for (const workload of indexTarget(target).workloads) {
      for (const container of workload.containers) {
        const names = portsOf(container).flatMap(({ name }) => name ?? []);
        for (const { handler, path } of handlersOf(container)) {
          for (const kind of ['httpGet', 'tcpSocket', 'grpc']) {
            const port = textOf(recordOf(handler[kind])['port']);
            if (port === undefined || names.includes(port)) continue;
            const declared = names.length > 0 ? `it has ${quoted(names)}` : 'it names no ports';
            const number = /^\d+$/.test(port) ? ' as text; write the number without quotes' : '';
            yield {
              code: probePort,
              object: workload.object,
              path: [...path, kind, 'port'],
              message: `${path.at(-1)} of container \`${container.name}\` in ${describeWorkload(workload)} names port \`${port}\`${number}; ${declared}`,
            };
          }
        }
      }
    }
  },
};

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;

/** Everything of a container that the kubelet connects to by itself. */
function handlersOf({ value, path }: Container): { handler: Record<string, unknown>; path: FieldPath }[] {
  const lifecycle = recordOf(value['lifecycle']);
  return [
    ...PROBES.map((probe) => ({ handler: recordOf(value[probe]), path: [...path, probe] })),
    ...HOOKS.map((hook) => ({ handler: recordOf(lifecycle[hook]), path: [...path, 'lifecycle', hook] })),
  ];
}
