import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { APPLICATIONS, REFRESH } from '../../../argo/applications-api.ts';
import { waitForSync, workloadsOf } from '../../argo.ts';
import type { World } from '../../suite.ts';
import type { Struck } from './fault.ts';

const FILE = 'base/kustomization.yaml';
const NOTE = 'ai-spm.io/e2e';
/** Nothing looks at its annotations. */
const TARGET = { kind: 'ServiceAccount', name: 'data-integrity' };

/**
 * Commits a change of no consequence and pushes it. It is in the cluster once Argo CD has fetched the commit, rendered it, which nothing
 * can have done before, and applied it: each of its parts works.
 */
export async function pushChange(world: World): Promise<Struck> {
  const file = join(world.checkout, FILE);
  const before = readFileSync(file, 'utf8');
  const value = new Date().toISOString();
  const name = await workloadsOf(world);
  writeFileSync(file, withAnnotation(before, value));
  const revision = await world.push('e2e: an annotation');
  return {
    async works() {
      const { metadata } = await world.cluster.core.readNamespacedServiceAccount({ ...TARGET, namespace: 'ai-spm' });
      if (metadata?.annotations?.[NOTE] === value) return true;
      await askForRefresh(world, name, revision);
      return undefined;
    },
    async clearUp() {
      writeFileSync(file, before);
      await waitForSync(world, await world.push('e2e: revert'));
    },
  };
}

/** Argo CD looks at git now and then: the time until it does is no part of the recovery. Asks anew where an earlier look has failed. */
async function askForRefresh({ cluster: { custom } }: World, name: string, revision: string): Promise<void> {
  const application = { ...APPLICATIONS, name };
  const { metadata, status } = (await custom.getNamespacedCustomObject(application)) as Application;
  if (metadata.annotations?.[REFRESH] || status?.sync?.revision === revision) return;
  const value = { ...metadata.annotations, [REFRESH]: 'hard' };
  await custom.patchNamespacedCustomObject({
    ...application,
    body: [{ op: 'add', path: '/metadata/annotations', value }],
  });
}

interface Application {
  metadata: { annotations?: Record<string, string> };
  status?: { sync?: { revision?: string } };
}

function withAnnotation(kustomization: string, value: string): string {
  const { kind, name } = TARGET;
  const patch = { apiVersion: 'v1', kind, metadata: { name, annotations: { [NOTE]: value } } };
  return kustomization + stringify({ patches: [{ target: TARGET, patch: stringify(patch) }] });
}
