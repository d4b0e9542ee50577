import { entriesOf, integerOf, isPresent, textOf } from '../../resources/fields.ts';
import { type ContainerPort, describePorts, portsOf, protocolOf } from '../../resources/ports.ts';
import { selectingServices } from '../../resources/services.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { describeWorkload, runningContainers } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, stream } from './example.ts';

const service = (targetPort: string) => `apiVersion: v1
kind: Service
metadata:
  name: api-gateway
  namespace: ai-spm
spec:
  selector:
    app.kubernetes.io/name: api-gateway
  ports:
    - name: http
      port: 80
      targetPort: ${targetPort}
`;

const serviceTargetPort: CodeInfo = {
  code: 'K8S013',
  slug: 'service-target-port',
  severity: 'error',
  title: 'targetPort is no port of the selected pods',
  why: 'A targetPort name is looked up among the ports of each selected pod, with the protocol of the Service port; a pod without it is left out of the endpoints. A number is used as it stands: connections to a port that nothing listens on are refused. Without targetPort, the number of the Service port itself is used.',
  fix: 'Set `targetPort` to the name of a container port, or declare the port in the container.',
  bad: stream(DEPLOYMENT, service('web')),
  good: stream(DEPLOYMENT, service('http')),
};

export const serviceTargetPortRule: ObjectRule = {
  codes: [serviceTargetPort],
  *check(target) {
    const index = indexTarget(target);
    for (const { object, namespace, selector, spec } of selectingServices(index)) {
      const pods = index.select(namespace, selector);
      if (pods.length === 0) continue;
      const declared = pods.flatMap((pod) => runningContainers(pod).flatMap(portsOf));
      for (const { value: port, index: place } of entriesOf(spec['ports'])) {
        const wanted = isPresent(port['targetPort']) ? port['targetPort'] : port['port'];
        if (!lacks(declared, wanted, protocolOf(port))) continue;
        const field = isPresent(port['targetPort']) ? 'targetPort' : 'port';
        const protocol = protocolOf(port) === 'TCP' ? '' : ` with protocol ${protocolOf(port)}`;
        const names = pods.map(describeWorkload).join(', ');
        yield {
          code: serviceTargetPort,
          object,
          path: ['spec', 'ports', place, field],
          message: `Service \`${object.ref.name}\` sends to port ${shown(wanted)}${protocol}, which no container of ${names} declares; declared: ${describePorts(declared)}`,
        };
      }
    }
  },
};

function lacks(declared: readonly ContainerPort[], wanted: unknown, protocol: string): boolean {
  const sameProtocol = declared.filter((port) => port.protocol === protocol);
  const name = textOf(wanted);
  if (name !== undefined) return !sameProtocol.some((port) => port.name === name);
  // Declaring ports is optional: containers that declare none at all may listen on any number.
  const number = integerOf(wanted);
  return number !== undefined && declared.length > 0 && !sameProtocol.some((port) => port.number === number);
}

function shown(port: unknown): string {
  const name = textOf(port);
  if (name === undefined) return String(port);
  return /^\d+$/.test(name) ? `name \`"${name}"\` (text, so not the number ${name})` : `\`${name}\``;
}
