import type { ClusterRecord } from '../records/cluster-record.ts';
import { from } from './scalar.ts';

/** File in the folder of a cluster that argocd/application-set.yaml gives to every chart. */
export const CHART_VALUES = 'chart-values.yaml';

type Namespaces = NonNullable<ClusterRecord['istioCanary']>;

/** What argocd/platform/istiod-canary/values.yaml calls the second istiod. */
const REVISION = 'canary';

/** The gateway charts, by their namespaces: what Chart.yaml under argocd/platform/ calls them. */
const GATEWAYS = { 'istio-eastwest': 'eastwest', 'istio-ingress': 'gateway' } as const;

/**
 * The pods of ai-spm go to the second istiod: the label of the namespace says who injects, and a pod gets another proxy only when it is
 * made anew, which a new label in its template does.
 * @see https://istio.io/latest/docs/setup/upgrade/canary/
 */
export function canaryPatches(namespaces: Namespaces): string[] {
  const index = namespaces.indexOf('ai-spm');
  if (index === -1) return [];
  const revision = from(REVISION, `istioCanary.${index}`);
  return [
    `  - target:
      kind: Namespace
      name: ai-spm
    patch: |-
      # With it, istio.io/rev would not count.
      - op: remove
        path: /metadata/labels/istio-injection
      - op: add
        path: /metadata/labels/istio.io~1rev
        value: ${revision}
`,
    `  - target:
      kind: Deployment|StatefulSet
    patch: |-
      - op: add
        path: /spec/template/metadata/labels/istio.io~1rev
        value: ${revision}
`,
  ];
}

/** Values for the charts: the second istiod runs, and the gateways of these namespaces are its own. */
export function canaryValues(namespaces: Namespaces): string {
  const gateways = namespaces.flatMap((namespace, index) =>
    namespace === 'ai-spm' ? [] : [`${GATEWAYS[namespace]}:\n  revision: ${from(REVISION, `istioCanary.${index}`)}\n`],
  );
  return `canary:\n  enabled: true # from istioCanary\n${gateways.join('')}`;
}
