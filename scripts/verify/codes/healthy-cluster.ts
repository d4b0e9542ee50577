/**
 * A small cluster with nothing to report: what git says of it, and under `live/` what it holds and answers. The examples of the codes
 * change a file or two of it.
 */
export function cluster(changes: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const files = Object.entries({ ...HEALTHY, ...changes });
  return Object.fromEntries(files.filter((file): file is [string, string] => file[1] !== undefined));
}

const record = (name: string) => `name: ${name}
overlay: federation
ring: first
region: ${name}
network: ${name}
host: ${name}.example.com
storage: { class: block, sharedClass: file }
apiServer: https://${name}.example.com:6443
`;

interface Container {
  name: string;
  ready?: boolean;
}
interface PodFields {
  namespace?: string;
  labels?: string;
  status?: string;
  containers?: readonly Container[];
  initContainers?: readonly Container[];
}

/** A pod that is kept running; without other containers it has one of its own and a proxy, both ready. */
export function pod(name: string, fields: PodFields = {}): string {
  const app = name.replace(/-\d+$/, '');
  const { namespace = 'ai-spm', labels = `{ app.kubernetes.io/name: ${app} }`, initContainers = [] } = fields;
  const { containers = [{ name: app }, { name: 'istio-proxy' }], status = RUNNING } = fields;
  const names = (all: readonly Container[]) => `[${all.map((one) => `{ name: ${one.name} }`).join(', ')}]`;
  const states = (all: readonly Container[]) =>
    `[${all.map((one) => `{ name: ${one.name}, ready: ${one.ready ?? true} }`).join(', ')}]`;
  const init = (key: string, value: string) => (initContainers.length > 0 ? `  ${key}: ${value}\n` : '');
  return `kind: Pod
metadata:
  name: ${name}
  namespace: ${namespace}
  labels: ${labels}
  ownerReferences: [{ kind: ReplicaSet, name: ${app} }]
spec:
${init('initContainers', names(initContainers))}  containers: ${names(containers)}
status:
${status}${init('initContainerStatuses', states(initContainers))}  containerStatuses: ${states(containers)}
`;
}

const RUNNING = '  phase: Running\n  conditions: [{ type: Ready, status: "True" }]\n';

/** Envoy's listeners of a sidecar, cut to the fields that count. */
export function listeners({ before = '', chain = MUTUAL_TLS, outbound = 'BlackHoleCluster' } = {}): string {
  return `configs:
  - active_state:
      listener:
        name: virtualInbound
        filter_chains:
          ${before}${chain}
            filters: [{ typed_config: { rules: { policies: { "ns[ai-spm]-policy[default-deny]-rule[0]": {} } } } }]
  - active_state:
      listener:
        name: virtualOutbound
        filter_chains: []
        default_filter_chain: { filters: [{ typed_config: { cluster: ${outbound} } }] }
`;
}

const MUTUAL_TLS = `- filter_chain_match: { destination_port: 81 }
            transport_socket: { typed_config: { require_client_certificate: true } }`;

/** What istiod says of one proxy. */
export function synced(proxy: string, parts = IN_SYNC): string {
  return `- { proxy: ${proxy}, ${parts} }\n`;
}

const IN_SYNC = 'cluster_sent: "2", cluster_acked: "2", listener_sent: "2", listener_acked: "2"';
/** Of all proxies but that of api-1. */
export const OTHERS_SYNCED = [
  'web-1.ai-spm',
  'istio-ingressgateway-1.istio-ingress',
  'istio-eastwestgateway-1.istio-eastwest',
]
  .map((proxy) => synced(proxy))
  .join('');

export const gatewayCertificates = (host: string) => `hoursLeft: 12
public: { credential: web-tls, host: "${host}", hoursLeft: 2000 }
`;

const proxyOnly = [{ name: 'istio-proxy' }];
const CERTIFICATES = 'hoursLeft: 12\n';

const HEALTHY: Record<string, string | undefined> = {
  'base/access.yaml': `edges:
  - { from: ingress, to: web, port: 80, methods: [GET], paths: ["/"] }
  - { from: web, to: api, port: 81, methods: [GET], paths: ["/run"] }
  - { from: prometheus, to: web, port: 15020 }
`,
  'base/mesh/authorization-policy.yaml': 'kind: AuthorizationPolicy\nmetadata: { name: default-deny }\nspec: {}\n',
  'argocd/rings.yaml': 'rings: [{ name: first, revision: main }]\n',
  'clusters/one/cluster.yaml': record('one'),
  'clusters/two/cluster.yaml': record('two'),
  'clusters/one/sealed.yaml': `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: password, namespace: ai-spm }
spec: { encryptedData: {} }
`,
  'live/cluster-info.yaml':
    'kind: ConfigMap\nmetadata: { name: cluster-info, namespace: ai-spm }\ndata: { name: one }\n',
  'live/root.yaml': `kind: Application
metadata: { name: root, namespace: argocd }
status: { sync: { status: Synced, revision: 1a2b3c4 }, health: { status: Healthy } }
`,
  'live/password.yaml': `kind: SealedSecret
metadata: { name: password, namespace: ai-spm, generation: 2 }
status: { observedGeneration: 2, conditions: [{ type: Synced, status: "True" }] }
`,
  'live/default-deny.yaml':
    'kind: AuthorizationPolicy\nmetadata: { name: default-deny, namespace: ai-spm }\nspec: {}\n',
  'live/ai-spm-gateway.yaml': `kind: Gateway
metadata: { name: ai-spm-gateway, namespace: ai-spm }
spec:
  selector: { istio: ingressgateway }
  servers: [{ hosts: [./web.example.com], tls: { mode: SIMPLE, credentialName: web-tls } }]
`,
  'live/web-1.yaml': pod('web-1'),
  'live/api-1.yaml': pod('api-1'),
  'live/istiod-1.yaml': pod('istiod-1', {
    namespace: 'istio-system',
    labels: '{ app: istiod }',
    containers: [{ name: 'discovery' }],
  }),
  'live/istio-ingressgateway-1.yaml': pod('istio-ingressgateway-1', {
    namespace: 'istio-ingress',
    labels: '{ istio: ingressgateway }',
    containers: proxyOnly,
  }),
  'live/istio-eastwestgateway-1.yaml': pod('istio-eastwestgateway-1', {
    namespace: 'istio-eastwest',
    labels: '{ istio: eastwestgateway }',
    containers: proxyOnly,
  }),
  'live/answers/istiod-1/debug/syncz': OTHERS_SYNCED + synced('api-1.ai-spm'),
  'live/answers/istiod-1/debug/clusterz': '- { id: one, syncStatus: synced }\n- { id: two, syncStatus: synced }\n',
  'live/answers/web-1/listeners': listeners(),
  'live/answers/api-1/listeners': listeners(),
  'live/answers/web-1/certificates': CERTIFICATES,
  'live/answers/api-1/certificates': CERTIFICATES,
  'live/answers/istio-ingressgateway-1/certificates': gatewayCertificates('web.example.com'),
  'live/answers/istio-eastwestgateway-1/certificates': CERTIFICATES,
};
