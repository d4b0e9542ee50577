import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../verify/connection.ts';

const IMAGES = 'base/kustomization.yaml';
const SERVICE = { namespace: 'ai-spm', name: 'api-gateway' };
/** What no check can know of a commit: whether the new pods will run. */
const IMAGE = /(ai-spm\/api-gateway\n +newTag: )"[^"]+"/;
const BROKEN = 'no-such-tag';

/** Names an image in the checkout that does not exist. @returns what puts the good one back */
export function breakImage(checkout: string): () => void {
  const file = join(checkout, IMAGES);
  const good = readFileSync(file, 'utf8');
  const bad = good.replace(IMAGE, `$1"${BROKEN}"`);
  if (bad === good) throw new Error(`${IMAGES} names no image of ${SERVICE.name}`);
  writeFileSync(file, bad);
  return () => writeFileSync(file, good);
}

/** A pod waits for the image. */
export async function isStuck({ core }: Connection): Promise<true | undefined> {
  const labelSelector = `app.kubernetes.io/name=${SERVICE.name}`;
  const { items } = await core.listNamespacedPod({ namespace: SERVICE.namespace, labelSelector });
  const states = items
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .map(({ state }) => state?.waiting?.reason);
  return states.some((reason) => reason?.startsWith('ErrImage') || reason === 'ImagePullBackOff') ? true : undefined;
}

/** @throws Error where the cluster was told to run it */
export async function demandNotBroken({ apps, context }: Connection): Promise<void> {
  const { spec } = await apps.readNamespacedDeployment(SERVICE);
  const images = spec?.template.spec?.containers.map(({ image }) => image) ?? [];
  if (images.some((image) => image?.includes(BROKEN))) throw new Error(`${context} took the bad commit`);
}
