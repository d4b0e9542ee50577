import { entriesOf, integerOf, recordOf, textOf } from '../resources/fields.ts';
import type { RenderedObject } from '../resources/kube-object.ts';
import { portsOf } from '../resources/ports.ts';
import { parseMapSelector } from '../resources/selectors.ts';
import { indexTarget, type TargetIndex } from '../resources/target-index.ts';
import { runningContainers, serviceAccountOf, type Workload } from '../resources/workloads.ts';
import type { AccessEdge } from './access-file.ts';

/** What a declared edge means for the pods: who calls which of them, on which of their ports. */
export interface DeclaredEdge {
  edge: AccessEdge;
  index: number;
  /** Identities of the caller in the mesh; `['*']` for callers whose identity base does not know. */
  principals: readonly string[];
  callees: readonly { workload: Workload; port: number }[];
}

const INGRESS = 'cluster.local/ns/istio-ingress/sa/istio-ingressgateway';

/** The edges with their pods; an edge that names what base does not have has no principals, or no callees. */
export function declaredEdges(edges: readonly AccessEdge[], objects: readonly RenderedObject[]): DeclaredEdge[] {
  const target = indexTarget({ objects });
  return edges.map((edge, index) => {
    const isPodPort = edge.from === 'prometheus' || edge.from === 'kubelet';
    const callees = podsOf(target, edge.to).flatMap(({ workload, service }) => {
      const port = isPodPort ? edge.port : containerPort(service, workload, edge.port);
      return port === undefined ? [] : [{ workload, port }];
    });
    return { edge, index, principals: isPodPort ? ['*'] : principalsOf(target, edge.from), callees };
  });
}

export function principalOf(workload: Workload): string {
  return `cluster.local/ns/${workload.namespace}/sa/${serviceAccountOf(workload)}`;
}

function principalsOf(target: TargetIndex, from: string): string[] {
  if (from === 'ingress') return [INGRESS];
  const [namespace, account] = from.split('/');
  if (account) return [`cluster.local/ns/${namespace}/sa/${account}`];
  return [...new Set(podsOf(target, from).map(({ workload }) => principalOf(workload)))];
}

/** The pods behind a Service. Without a namespace their identity is not known. */
function podsOf(target: TargetIndex, name: string): { workload: Workload; service: RenderedObject }[] {
  const services = target.ofKind('', 'Service').filter(({ ref }) => ref.name === name && ref.namespace);
  return services.flatMap((service) => {
    const selector = parseMapSelector(recordOf(service.value['spec'])['selector']);
    return target.select(service.ref.namespace ?? '', selector).map((workload) => ({ workload, service }));
  });
}

/** Policies see the port of the container, not that of the Service; without `targetPort` they are the same. */
function containerPort(service: RenderedObject, workload: Workload, port: number): number | undefined {
  const ports = entriesOf(recordOf(service.value['spec'])['ports']).map(({ value }) => value);
  const found = ports.find((one) => one['port'] === port);
  if (!found) return undefined;
  const name = textOf(found['targetPort']);
  if (!name) return integerOf(found['targetPort']) ?? port;
  return runningContainers(workload)
    .flatMap(portsOf)
    .find((one) => one.name === name)?.number;
}
