import type { V1Pod } from '@kubernetes/client-node';
import type { Connection, PodContainer } from '../connection.ts';
import type { PodPort } from '../get-in-pod.ts';

/** What a cluster holds that keeps what is made in it, and whose pods run at once. */
export interface ProbeCluster {
  connection: Connection;
  pods: V1Pod[];
  namespaces: { name: string; labels: Record<string, string> }[];
}

/** Of any kind. */
export interface LiveObject {
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

interface Options {
  /** Whether the API server refuses to make this pod. */
  refusePod?: (pod: V1Pod) => boolean;
  /** What is there already. */
  objects?: readonly LiveObject[];
  /** What a server inside of a pod answers. */
  get?: (at: PodPort, path: string) => Promise<string>;
}

const GATEWAY = {
  kind: 'Gateway',
  metadata: { name: 'ai-spm-gateway', namespace: 'ai-spm' },
  spec: { servers: [{ hosts: ['./ai-spm.example.com'] }] },
};

/** @param exec what a command in a pod answers */
export function probeCluster(
  exec: (pod: PodContainer, command: readonly string[]) => string | Promise<string>,
  { refusePod = () => false, objects = [GATEWAY], get = nothingListens }: Options = {},
): ProbeCluster {
  const pods = objects.filter(({ kind }) => kind === 'Pod') as V1Pod[];
  const namespaces: ProbeCluster['namespaces'] = [];
  const missing = (message = 'not found') => Object.assign(new Error(message), { code: 404, body: { message } });
  const at = (namespace: string, name: string) =>
    pods.findIndex(({ metadata }) => metadata?.namespace === namespace && metadata.name === name);
  const all = (kind: string | undefined, { namespace, name }: Query) =>
    objects.filter(({ kind: other, metadata }) => {
      return other === kind && namespace === (namespace && metadata.namespace) && name === (name && metadata.name);
    });
  const one = (kind: string, query: Query) => {
    const [found] = all(kind, query);
    if (!found) throw missing(`${kind} ${query.namespace}/${query.name} not found`);
    return found;
  };
  const core = {
    async createNamespace({ body: { metadata } }: { body: { metadata: ProbeCluster['namespaces'][number] } }) {
      if (namespaces.some(({ name }) => name === metadata.name))
        throw Object.assign(new Error('exists'), { code: 409 });
      namespaces.push(metadata);
    },
    async readNamespace({ name }: { name: string }) {
      const found = namespaces.find((one) => one.name === name);
      if (!found) throw missing();
      return { metadata: found, status: { phase: 'Active' } };
    },
    async deleteNamespace({ name }: { name: string }) {
      const index = namespaces.findIndex((one) => one.name === name);
      if (index < 0) throw missing();
      namespaces.splice(index, 1);
    },
    async createNamespacedPod({ namespace, body }: { namespace: string; body: V1Pod }) {
      if (refusePod(body)) throw Object.assign(new Error('forbidden'), { code: 403 });
      const name = `${body.metadata?.generateName}${pods.length}`;
      const status = { containerStatuses: [{ name: 'probe', state: { running: {} } }] } as V1Pod['status'];
      pods.push({ ...body, metadata: { ...body.metadata, namespace, name }, ...(status ? { status } : {}) });
      return { metadata: { name } };
    },
    async readNamespacedPod({ namespace, name }: { namespace: string; name: string }) {
      const pod = pods[at(namespace, name)];
      if (!pod) throw missing();
      return pod;
    },
    async deleteNamespacedPod({ namespace, name }: { namespace: string; name: string }) {
      const index = at(namespace, name);
      if (index < 0) throw missing();
      pods.splice(index, 1);
    },
    async listNamespacedPod({ namespace, labelSelector, fieldSelector }: PodQuery) {
      const phase = fieldSelector?.replace('status.phase=', '');
      const inPhase = pods.filter(({ status }) => !phase || status?.phase === phase);
      return { items: inPhase.filter((pod) => pod.metadata?.namespace === namespace && hasLabel(pod, labelSelector)) };
    },
    async listNamespace() {
      return { kind: 'NamespaceList', items: [] };
    },
    async readNamespacedConfigMap(query: Required<Query>) {
      return one('ConfigMap', query);
    },
    async listPodForAllNamespaces({ labelSelector }: { labelSelector?: string }) {
      return { items: pods.filter((pod) => hasLabel(pod, labelSelector)) };
    },
  };
  const custom = {
    createNamespacedCustomObject: async () => ({}),
    getNamespacedCustomObject: async ({ plural, ...query }: CustomQuery) => one(KINDS[plural] ?? '', query),
    listNamespacedCustomObject: async ({ plural, ...query }: CustomQuery) => ({ items: all(KINDS[plural], query) }),
    listClusterCustomObject: async ({ plural }: CustomQuery) => ({ items: all(KINDS[plural], {}) }),
  };
  const connection = {
    context: 'one',
    kubectl: 'kubectl --context one',
    core,
    custom,
    exec: async (pod: PodContainer, command: readonly string[]) => exec(pod, command),
    get,
  };
  return { connection: connection as unknown as Connection, pods, namespaces };
}

async function nothingListens({ port }: PodPort): Promise<never> {
  throw new Error(`nothing listens at ${port}`);
}

interface Query {
  namespace?: string;
  name?: string;
}
interface CustomQuery extends Query {
  plural: string;
}
interface PodQuery {
  namespace: string;
  labelSelector?: string;
  fieldSelector?: string;
}

const KINDS: Readonly<Record<string, string>> = {
  applications: 'Application',
  authorizationpolicies: 'AuthorizationPolicy',
  gateways: 'Gateway',
  sealedsecrets: 'SealedSecret',
};

/** @param selector `key`, or `key=value` */
function hasLabel({ metadata }: V1Pod, selector = ''): boolean {
  const [key = '', value] = selector.split('=');
  const found = metadata?.labels?.[key];
  return !selector || (value === undefined ? found !== undefined : found === value);
}
