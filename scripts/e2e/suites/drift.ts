import { waitFor } from '../../system/wait-for.ts';
import type { Connection } from '../../verify/connection.ts';
import { seconds } from '../argo.ts';
import type { Figure, Suite, World } from '../suite.ts';
import { underTraffic } from '../traffic.ts';

const POLICY = {
  group: 'security.istio.io',
  version: 'v1',
  plural: 'authorizationpolicies',
  namespace: 'ai-spm',
  name: 'data-integrity',
};
/** What that policy lets api-gateway do, and nobody else. */
const GUARDED = { workload: 'data-integrity', port: 8002, path: '/check/e2e' };
const WAITING = { timeoutMs: 40_000, everyMs: 200, fix: 'is self-heal on for the application?' };

const deleted: Suite = {
  name: 'drift-deleted',
  title: 'a policy that someone deletes comes back, and the workload that it guards does not open meanwhile',
  core: true,
  run: (world) => underTraffic(world, { forbidden: GUARDED }, () => deletePolicy(world)),
};

/** That workload opens, which is what was done to it. */
const opened: Suite = {
  name: 'drift-opened',
  title: 'a policy that someone opens is closed again, and no other workload opens meanwhile',
  core: true,
  run: (world) => underTraffic(world, {}, () => openPolicy(world)),
};

export const drifts: readonly Suite[] = [deleted, opened];

async function deletePolicy({ cluster }: World): Promise<Figure[]> {
  const before = (await readPolicy(cluster)).metadata.uid;
  const begun = performance.now();
  await cluster.custom.deleteNamespacedCustomObject(POLICY);
  const isBack = async () => ((await readPolicy(cluster)).metadata.uid === before ? undefined : true);
  await waitFor(isBack, { ...WAITING, what: 'the deleted policy' });
  return [{ name: 'a deleted policy is back after', value: seconds(begun), unit: 's' }];
}

async function openPolicy({ cluster }: World): Promise<Figure[]> {
  const before = (await readPolicy(cluster)).spec.rules.length;
  const begun = performance.now();
  // A rule without conditions lets everybody in.
  const body = [{ op: 'add', path: '/spec/rules/-', value: {} }];
  await cluster.custom.patchNamespacedCustomObject({ ...POLICY, body });
  const isClosed = async () => ((await readPolicy(cluster)).spec.rules.length === before ? true : undefined);
  await waitFor(isClosed, { ...WAITING, what: 'the rules as in git' });
  return [{ name: 'an opened policy is closed after', value: seconds(begun), unit: 's' }];
}

function readPolicy({ custom }: Connection) {
  return custom.getNamespacedCustomObject(POLICY) as Promise<{ metadata: { uid: string }; spec: { rules: unknown[] } }>;
}
