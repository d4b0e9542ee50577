import { addSealingKey, NAMESPACE } from '../../../rotate/cluster-sealing-key.ts';
import { liveInputs } from '../../../rotate/facts/live-secrets.ts';
import { sealingKeys } from '../../../rotate/facts/sealed.ts';
import { type KeyUse, keyUse } from '../../../rotate/key-use.ts';
import { sealingKey } from '../../../rotate/kinds/sealing-key.ts';
import { openSourceTree } from '../../../system/source-tree.ts';
import { waitFor } from '../../../system/wait-for.ts';
import { readApplications } from '../../../verify/check-applications.ts';
import type { Connection } from '../../../verify/connection.ts';
import type { Figure, Suite, World } from '../../suite.ts';
import { underTraffic } from '../../traffic.ts';
import { hasReplacement } from '../fault/pods.ts';
import { rotate } from './rotate.ts';

const CONTROLLER = { namespace: NAMESPACE, labelSelector: 'app.kubernetes.io/name=sealed-secrets' };
/** Pods that run have taken what they need of it: that it is missing for a moment harms nobody. */
const OPENED = { namespace: 'ai-spm', name: 'ai-spm-secrets' };

export const rotateSealingKey: Suite = {
  name: 'rotate-sealing-key',
  title: 'what git holds is sealed to a new key, the old key is taken away, and no request is lost',
  core: false,
  labOnly: true,
  run: (world) =>
    underTraffic(world, { clusters: world.clusters }, async () => {
      const figures: Figure[] = [];
      // Each takes the values from its own cluster.
      for (const cluster of world.clusters) figures.push(...(await replaceKey(world, cluster)));
      return figures;
    }),
};

async function replaceKey(world: World, cluster: Connection): Promise<Figure[]> {
  const { core, context } = cluster;
  await addSealingKey(core, new Date());
  await restartController(cluster);
  const inputsFor = async () => {
    const names = sealingKey.phases[0].forward.takesLive?.(openSourceTree(world.checkout), context) ?? [];
    return { live: { [context]: await liveInputs(cluster, names) } };
  };
  const figures = await rotate(world, { kind: sealingKey, clusters: [cluster], inputsFor });
  for (const { name } of await freeKeys(world, cluster))
    await core.deleteNamespacedSecret({ namespace: NAMESPACE, name });
  await restartController(cluster);
  await demandOpens(cluster);
  return figures.map((figure) => ({ ...figure, name: `${context}: ${figure.name}` }));
}

/** Keys that nothing hangs on any more: in the cluster of Argo CD, a registration may. */
async function freeKeys({ checkout }: World, cluster: Connection): Promise<KeyUse[]> {
  const revisions = [{ revision: 'main', tree: openSourceTree(checkout) }];
  const hasArgoCd = (await readApplications(cluster)) !== undefined;
  const uses = keyUse(await sealingKeys(cluster), revisions, cluster.context, cluster.kubectl, hasArgoCd);
  return uses.filter(({ remove }) => remove !== undefined);
}

/** It reads its keys when it starts. */
async function restartController({ core, context, kubectl }: Connection): Promise<void> {
  const list = async () => (await core.listNamespacedPod(CONTROLLER)).items;
  const before = await list();
  await core.deleteCollectionNamespacedPod(CONTROLLER);
  const isReady = async () => (hasReplacement(before, await list()) ? true : undefined);
  const fix = `${kubectl} describe pods --namespace ${NAMESPACE}`;
  await waitFor(isReady, { what: `the sealed-secrets controller of ${context}`, timeoutMs: 120_000, fix });
}

/** A Secret that is deleted comes back: it is opened with what keys are left. */
async function demandOpens({ core, kubectl }: Connection): Promise<void> {
  const before = (await core.readNamespacedSecret(OPENED)).metadata?.uid;
  await core.deleteNamespacedSecret(OPENED);
  const isBack = async () => {
    const { metadata } = await core.readNamespacedSecret(OPENED);
    return metadata?.uid === before ? undefined : true;
  };
  const fix = `${kubectl} describe sealedsecret ${OPENED.name} --namespace ${OPENED.namespace}`;
  await waitFor(isBack, { what: `Secret ${OPENED.name}, opened with the new key alone`, timeoutMs: 60_000, fix });
}
