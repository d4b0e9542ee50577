import type { AccessEdge } from '../access/access-file.ts';
import { workloadsOf } from './probe-plan.ts';

/** Something that must run, by a label of its pods. It has a Service of the same name. */
export interface RequiredPods {
  namespace: string;
  name: string;
  label: readonly [key: string, value: string];
}

/** Without istiod no change arrives and certificates end; without a gateway nobody is served. */
const MESH: readonly RequiredPods[] = [
  { namespace: 'istio-system', name: 'istiod', label: ['app', 'istiod'] },
  { namespace: 'istio-ingress', name: 'istio-ingressgateway', label: ['istio', 'ingressgateway'] },
];
/** Lets the other members of a federation in. */
const EAST_WEST: RequiredPods = {
  namespace: 'istio-eastwest',
  name: 'istio-eastwestgateway',
  label: ['istio', 'eastwestgateway'],
};

/** Every workload that an edge names, and what the mesh of the cluster hangs on. */
export function requiredPods(edges: readonly AccessEdge[], isMember: boolean): RequiredPods[] {
  const workloads = workloadsOf(edges).map((name) => {
    return { namespace: 'ai-spm', name, label: ['app.kubernetes.io/name', name] as const };
  });
  return [...workloads, ...MESH, ...(isMember ? [EAST_WEST] : [])];
}
