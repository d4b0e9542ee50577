import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterSealingCertificate } from '../rotate/cluster-sealing-key.ts';
import { initCluster } from '../rotate/init.ts';
import { createRoot, type KeyPair } from '../secrets/certificates.ts';
import { connect } from '../verify/connection.ts';
import { CHECKOUT, commitAndPush } from './checkout.ts';
import { KUBECONFIG, type LabCluster, STATE } from './layout.ts';

/** In the clear, as nothing of value hangs on the lab; it goes with `down`. */
const ROOT_FILE = join(STATE, 'mesh-root.json');

/** Seals the first secrets of the clusters, as `npm run rotate -- init` does for a user, and commits them. */
export async function sealSecrets(clusters: readonly LabCluster[]): Promise<void> {
  const now = new Date();
  const root = await meshRoot(now);
  const written = [];
  for (const { name } of clusters) {
    const pem = await clusterSealingCertificate(connect(name, KUBECONFIG), now);
    written.push(...(await initCluster(CHECKOUT, name, { certificate: { pem, origin: name }, root, now })));
  }
  if (written.length > 0) await commitAndPush('First secrets of the lab');
}

/** The root that the clusters of the lab share; made at the first call. */
export async function meshRoot(now: Date): Promise<KeyPair> {
  if (existsSync(ROOT_FILE)) return JSON.parse(readFileSync(ROOT_FILE, 'utf8')) as KeyPair;
  const root = await createRoot(now);
  keepMeshRoot(root);
  return root;
}

/** In place of the one before, once it has been rotated away. */
export function keepMeshRoot(root: KeyPair): void {
  writeFileSync(`${ROOT_FILE}.unfinished`, JSON.stringify(root), { mode: 0o600 });
  renameSync(`${ROOT_FILE}.unfinished`, ROOT_FILE);
}
