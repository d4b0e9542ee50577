import { waitFor } from '../../system/wait-for.ts';
import { seconds } from '../argo.ts';
import type { Suite } from '../suite.ts';
import { underTraffic } from '../traffic.ts';

const NAMESPACE = 'ai-spm';
const NAMES = ['api-gateway', 'ai-scanner'];

export const rollingUpdate: Suite = {
  name: 'rolling-update',
  title: 'all pods of the gateway service and of a service behind it are replaced, and no request is lost',
  core: false,
  run: (world) =>
    underTraffic(world, {}, async () => {
      const { apps } = world.cluster;
      const begun = performance.now();
      const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
      for (const name of NAMES) {
        const path = '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt';
        const body = [{ op: 'add', path, value: annotations['kubectl.kubernetes.io/restartedAt'] }];
        await apps.patchNamespacedDeployment({ namespace: NAMESPACE, name, body });
      }
      for (const name of NAMES) {
        const done = async () => {
          const { metadata, spec, status } = await apps.readNamespacedDeployment({ namespace: NAMESPACE, name });
          const isSeen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
          const isNew = status?.updatedReplicas === spec?.replicas && status?.replicas === spec?.replicas;
          return isSeen && isNew && status?.availableReplicas === spec?.replicas ? true : undefined;
        };
        await waitFor(done, {
          what: `the new pods of ${name}`,
          timeoutMs: 110_000,
          fix: `kubectl describe deployment ${name}`,
        });
      }
      return [{ name: 'both replaced after', value: seconds(begun), unit: 's' }];
    }),
};
