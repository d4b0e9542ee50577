import type { V1Pod } from '@kubernetes/client-node';
import type { Connection, PodContainer } from '../connection.ts';

/** What a cluster holds that keeps what is made in it, and whose pods run at once. */
export interface ProbeCluster {
  connection: Connection;
  pods: V1Pod[];
  namespaces: { name: string; labels: Record<string, string> }[];
}

/**
 * @param exec what a command in a pod answers
 * @param refusePod whether the API server refuses to make this pod
 */
export function probeCluster(
  exec: (pod: PodContainer, command: readonly string[]) => string,
  refusePod: (pod: V1Pod) => boolean = () => false,
): ProbeCluster {
  const pods: V1Pod[] = [];
  const namespaces: ProbeCluster['namespaces'] = [];
  const missing = () => Object.assign(new Error('not found'), { code: 404 });
  const at = (namespace: string, name: string) =>
    pods.findIndex(({ metadata }) => metadata?.namespace === namespace && metadata.name === name);
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
    async listNamespacedPod({ namespace, labelSelector }: { namespace: string; labelSelector?: string }) {
      const isMeant = ({ metadata }: V1Pod) => !labelSelector || metadata?.labels?.[labelSelector] !== undefined;
      return { items: pods.filter((pod) => pod.metadata?.namespace === namespace && isMeant(pod)) };
    },
    async listPodForAllNamespaces({ labelSelector = '' }) {
      return { items: pods.filter(({ metadata }) => metadata?.labels?.[labelSelector] !== undefined) };
    },
  };
  const custom = {
    createNamespacedCustomObject: async () => ({}),
    getNamespacedCustomObject: async () => ({ spec: { servers: [{ hosts: ['./ai-spm.example.com'] }] } }),
  };
  const connection = {
    context: 'one',
    core,
    custom,
    exec: async (pod: PodContainer, command: readonly string[]) => exec(pod, command),
  };
  return { connection: connection as unknown as Connection, pods, namespaces };
}
