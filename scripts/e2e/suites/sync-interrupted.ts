import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { APPLICATIONS } from '../../argo/applications-api.ts';
import { waitFor } from '../../system/wait-for.ts';
import { seconds, waitForSync } from '../argo.ts';
import type { Suite, World } from '../suite.ts';
import { underTraffic } from '../traffic.ts';

const FILE = 'base/kustomization.yaml';
const CONTROLLER = { namespace: 'argocd', labelSelector: 'app.kubernetes.io/name=argocd-application-controller' };

export const syncInterrupted: Suite = {
  name: 'sync-interrupted',
  title:
    "Argo CD's controller is killed in the middle of a sync: it ends as if nothing had been, and no request is lost",
  core: false,
  run: (world) =>
    underTraffic(world, { clusters: world.clusters }, async () => {
      const file = join(world.checkout, FILE);
      const before = readFileSync(file, 'utf8');
      writeFileSync(file, withAnnotation(before, new Date().toISOString()));
      let [waited, took] = [0, 0];
      try {
        const pushed = performance.now();
        const revision = await world.push('e2e: all pods are replaced');
        await waitFor(() => runningSync(world, revision), {
          ...{ what: 'the start of the sync', timeoutMs: 120_000, everyMs: 100 },
          fix: 'kubectl describe applications --namespace argocd',
        });
        await killController(world);
        waited = seconds(pushed);
        const killed = performance.now();
        await waitForSync(world, revision);
        took = seconds(killed);
      } finally {
        writeFileSync(file, before);
        await waitForSync(world, await world.push('e2e: revert'));
      }
      return [
        { name: 'push until the sync runs', value: waited, unit: 's' },
        { name: 'killed then; all synced and healthy after', value: took, unit: 's' },
      ];
    }),
};

/** The sync of workloads to the commit goes on in a cluster. */
async function runningSync({ cluster: { custom } }: World, revision: string): Promise<true | undefined> {
  const { items } = (await custom.listNamespacedCustomObject(APPLICATIONS)) as { items: Application[] };
  const found = items.find(({ metadata, status }) => {
    const operation = status?.operationState;
    return (
      metadata.name.endsWith('-ai-spm') &&
      operation?.phase === 'Running' &&
      operation.operation?.sync?.revision === revision
    );
  });
  return found ? true : undefined;
}

interface Application {
  metadata: { name: string };
  status?: { operationState?: { phase: string; operation?: { sync?: { revision?: string } } } };
}

/** The hard way, as by the loss of its node. */
async function killController({ cluster: { core } }: World): Promise<void> {
  await core.deleteCollectionNamespacedPod({ ...CONTROLLER, gracePeriodSeconds: 0 });
}

/** The pods of every Deployment are made anew; the one of the database stays. */
function withAnnotation(kustomization: string, value: string): string {
  const metadata = { annotations: { 'ai-spm.io/e2e': value } };
  const patch = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'each' },
    spec: { template: { metadata } },
  };
  return kustomization + stringify({ patches: [{ target: { kind: 'Deployment' }, patch: stringify(patch) }] });
}
