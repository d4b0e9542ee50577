import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { makeFolder, writeFileAtomic } from '../system/write-file.ts';
import { buildImages } from './build-images.ts';
import { completeCluster, startCluster } from './cluster.ts';
import { bootstrap, installArgoCd } from './deploy.ts';
import { makeBridge, removeBridge, removeState, runningHost, stopHost } from './host.ts';
import { CLUSTERS, KUBECONFIG, type LabCluster, STATE } from './layout.ts';
import { madeOf, record, recorded, whyAnew } from './made-of.ts';
import { moduleFolders } from './modules.ts';
import { checkPrerequisites, INOTIFY, inotifyInstances, requireRoot } from './prerequisites.ts';
import { buildPrograms } from './programs.ts';
import { progress } from './progress.ts';
import { waitUntilReady } from './ready.ts';
import { makeRepository } from './repository.ts';
import { sealSecrets } from './secrets.ts';

/** What the machine was like before, for `down`. */
const MACHINE = join(STATE, 'machine.json');

/** Goes on with the lab that stands, or makes it anew where that cannot be trusted; ends when all of it is ready. */
export async function labUp(root: string, clusters: readonly LabCluster[]): Promise<void> {
  const begun = new Date();
  checkPrerequisites();
  const programs = await buildPrograms();
  const modules = await moduleFolders();
  const images = await buildImages(programs, modules);
  const wanted = await madeOf(root, clusters, images);
  const running = CLUSTERS.filter(runningHost).map(({ name }) => name);
  const why = whyAnew(wanted, recorded(), running);
  if (why) {
    if (existsSync(STATE)) progress(`what stands of a lab is made anew: ${why}`);
    await labDown();
  }
  makeFolder(STATE);
  record(wanted);
  raiseInotify();
  await makeRepository(root, clusters, modules);
  await makeBridge();
  await Promise.all(clusters.map((cluster) => startCluster(cluster, programs, images)));
  writeKubeconfig();
  await sealSecrets(clusters);
  // Argo CD does not wait for the addresses of load balancers, which take longest: no wave before that of the gateways needs them.
  await Promise.all([deliver(clusters), ...clusters.map((cluster) => completeCluster(cluster, modules))]);
  await waitUntilReady(clusters, begun);
}

async function deliver(clusters: readonly LabCluster[]): Promise<void> {
  await installArgoCd(clusters);
  await bootstrap(clusters);
}

/** Ends all clusters and removes everything that the lab made outside its cache. */
export async function labDown(): Promise<void> {
  requireRoot();
  for (const cluster of CLUSTERS) {
    if (runningHost(cluster)) progress(`${cluster.name}: ending`);
    await stopHost(cluster);
  }
  await removeBridge();
  if (existsSync(MACHINE)) writeFileSync(INOTIFY.path, `${JSON.parse(readFileSync(MACHINE, 'utf8')).inotifyInstances}`);
  removeState(STATE);
}

function raiseInotify(): void {
  const before = inotifyInstances();
  if (before >= INOTIFY.wanted) return;
  writeFileAtomic(MACHINE, JSON.stringify({ inotifyInstances: before }));
  writeFileSync(INOTIFY.path, `${INOTIFY.wanted}`);
}

/** One file for all that run: kubectl and the commands of this repository take contexts from it. */
function writeKubeconfig(): void {
  const files = CLUSTERS.filter(runningHost).map(({ state }) =>
    readFileSync(join(state, 'pki/admin.kubeconfig'), 'utf8'),
  );
  const configs = files.map((text) => parse(text) as Record<string, unknown[]>);
  const all = (key: string) => configs.flatMap((config) => config[key] ?? []);
  const merged = { ...configs[0], clusters: all('clusters'), users: all('users'), contexts: all('contexts') };
  writeFileSync(KUBECONFIG, stringify(merged), { mode: 0o600 });
}
