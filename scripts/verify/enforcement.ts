/** What the proxy of a pod does with what comes in, by its own account. */
export interface InboundPort {
  /** The port of the container; `others` for all that have no filter chain of their own. */
  port: number | 'others';
  acceptsPlaintext: boolean;
  /** `namespace/name` of the AuthorizationPolicies that judge its requests. */
  policies: string[];
}

export interface ProxyEnforcement {
  inbound: InboundPort[];
  /** Requests to hosts that the mesh does not know leave the pod. */
  letsUnknownHostsOut: boolean;
}

interface Listener {
  name: string;
  filter_chains: FilterChain[];
  default_filter_chain?: FilterChain;
}
interface FilterChain {
  filter_chain_match?: { destination_port?: number };
  transport_socket?: { typed_config?: { require_client_certificate?: boolean } };
  filters: Filter[];
}
interface Filter {
  typed_config?: {
    cluster?: string;
    http_filters?: Filter[];
    rules?: { policies?: Record<string, unknown> };
  };
}

/** Istio's name for a rule in Envoy's RBAC filter: `ns[NAMESPACE]-policy[NAME]-rule[INDEX]`. */
const RULE_NAME = /^ns\[(.+)\]-policy\[(.+)\]-rule\[\d+\]$/;
const BLACK_HOLE = 'BlackHoleCluster';

/** @param dump answer of Envoy's /config_dump for its dynamic listeners */
export function readEnforcement(dump: string): ProxyEnforcement {
  const { configs = [] } = JSON.parse(dump) as { configs?: { active_state?: { listener?: Listener } }[] };
  const chainsOf = (name: string) => {
    const listener = configs.map((config) => config.active_state?.listener).find((one) => one?.name === name);
    if (!listener)
      throw new Error(`the proxy has no listener ${name}: it is no sidecar of Istio, or has no configuration`);
    return [...listener.filter_chains, ...(listener.default_filter_chain ? [listener.default_filter_chain] : [])];
  };
  const ports = new Map<InboundPort['port'], InboundPort>();
  for (const chain of chainsOf('virtualInbound')) {
    if (isBlackHole(chain)) continue;
    const port = chain.filter_chain_match?.destination_port ?? 'others';
    const known = ports.get(port) ?? { port, acceptsPlaintext: false, policies: [] };
    ports.set(port, {
      port,
      acceptsPlaintext: known.acceptsPlaintext || !chain.transport_socket?.typed_config?.require_client_certificate,
      policies: [...new Set([...known.policies, ...policiesOf(chain.filters)])],
    });
  }
  const letsUnknownHostsOut = chainsOf('virtualOutbound').some((chain) => !isBlackHole(chain));
  return { inbound: [...ports.values()], letsUnknownHostsOut };
}

function isBlackHole({ filters }: FilterChain): boolean {
  return filters.some(({ typed_config }) => typed_config?.cluster === BLACK_HOLE);
}

function policiesOf(filters: readonly Filter[]): string[] {
  return filters.flatMap(({ typed_config = {} }) => {
    const names = Object.keys(typed_config.rules?.policies ?? {}).flatMap((name) => {
      const [, namespace, policy] = RULE_NAME.exec(name) ?? [];
      return policy ? [`${namespace}/${policy}`] : [];
    });
    return [...names, ...policiesOf(typed_config.http_filters ?? [])];
  });
}
