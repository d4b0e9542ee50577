/** What charts bring that others wait for, and what they wait for themselves: helm does not run here. */
export interface ChartFacts {
  /** API groups of its CustomResourceDefinitions. */
  groups?: readonly string[];
  /** What it does for pods of others, once it runs. */
  services?: readonly Service[];
  needs?: readonly Service[];
}

export type Service = 'sidecar injection' | 'traffic redirection' | 'issuing of certificates' | 'signing for proxies';

const ISTIO_GROUPS = ['extensions.istio.io', 'networking.istio.io', 'security.istio.io', 'telemetry.istio.io'];

/** Charts of Istio (istio.io, "Install with Helm"), cert-manager (cert-manager.io) and sealed-secrets, by name. */
export const CHART_FACTS: Readonly<Record<string, ChartFacts>> = {
  base: { groups: ISTIO_GROUPS },
  // It signs itself, but where istio-csr is there.
  istiod: { services: ['sidecar injection'], needs: ['signing for proxies'] },
  cni: { services: ['traffic redirection'] },
  // Its container image is `auto`: injection puts in the real one.
  gateway: { needs: ['sidecar injection'] },
  'cert-manager': { groups: ['acme.cert-manager.io', 'cert-manager.io'], services: ['issuing of certificates'] },
  'cert-manager-istio-csr': { services: ['signing for proxies'], needs: ['issuing of certificates'] },
  'sealed-secrets': { groups: ['bitnami.com'] },
};
