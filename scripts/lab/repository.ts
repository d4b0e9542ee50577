import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addCluster } from '../commands/cluster.ts';
import { CHECKOUT, commit } from './checkout.ts';
import { CLUSTERS, GIT_FOLDER, LAB, type LabCluster, STATE } from './layout.ts';
import type { ModuleFolders } from './modules.ts';
import { ISTIO_VERSION } from './program-list.ts';
import { git, run } from './run.ts';

const BARE = join(GIT_FOLDER, 'ai-spm-mesh.git');
const UNFINISHED = join(STATE, 'unfinished.git');
/** Who commits in it: a machine need not have a git identity. */
const AUTHOR = { 'user.name': 'lab', 'user.email': 'lab@localhost' };
const UPSTREAM_URL = 'https://github.com/ai-spm/ai-spm-mesh';

/** Charts as the platform names them, and their folders in the Istio module. */
const ISTIO_CHARTS: Readonly<Record<string, string>> = {
  'istio-base/charts/base': 'base',
  'istio-cni/charts/cni': 'istio-cni',
  'istiod/charts/istiod': 'istio-control/istio-discovery',
  'istiod-canary/charts/istiod': 'istio-control/istio-discovery',
  'istio-ingress/charts/gateway': 'gateway',
  'istio-eastwest/charts/gateway': 'gateway',
};

/** Parts whose charts or images are in no package registry. */
const NOT_HERE = ['grafana', 'jaeger', 'kiali', 'prometheus'];
const dropResource = (name: string): [RegExp, string] => [new RegExp(`^ +- ${name}\\.yaml\\n`, 'm'), ''];

/**
 * Makes the repository of the lab: the last commit of this one, and one more commit with what a user would change (records, URL) and what
 * cannot be had here (charts, Argo CD's manifests: from the Go modules instead).
 */
export async function makeRepository(
  root: string,
  clusters: readonly LabCluster[],
  modules: ModuleFolders,
): Promise<void> {
  // The last step makes it: where it is there, it is whole.
  if (existsSync(BARE)) return takeBack();
  for (const folder of [UNFINISHED, CHECKOUT]) rmSync(folder, { recursive: true, force: true });
  await git(STATE, 'clone', '--quiet', '--no-hardlinks', root, CHECKOUT);
  for (const [key, value] of Object.entries(AUTHOR)) await git(CHECKOUT, 'config', key, value);
  await git(CHECKOUT, 'checkout', '--quiet', '-B', 'main');
  for (const folder of ['clusters', 'argocd/clusters']) {
    for (const name of readdirSync(join(CHECKOUT, folder))) rmSync(join(CHECKOUT, folder, name), { recursive: true });
  }
  for (const cluster of clusters) addCluster(CHECKOUT, cluster.name, record(cluster));
  await replaceUrl();
  for (const [target, chart] of Object.entries(ISTIO_CHARTS)) {
    await vendorChart(join(modules.istio, 'manifests/charts', chart), target);
  }
  await vendorChart(join(modules.sealedSecrets, 'helm/sealed-secrets'), 'sealed-secrets/charts/sealed-secrets');
  for (const component of ['istiod', 'istio-ingress', 'istio-eastwest']) {
    const values = readFileSync(join(LAB, `deploy/${component}-values.yaml`));
    writeFileSync(join(CHECKOUT, `argocd/platform/${component}/values-lab.yaml`), values);
  }
  edit(join(CHECKOUT, 'argocd/cluster/kustomization.yaml'), ...NOT_HERE.map(dropResource));
  await vendorArgoCd(modules.argoCd);
  await commit('Clusters, charts and addresses of the lab', CHECKOUT);
  await git(CHECKOUT, 'remote', 'set-url', 'origin', BARE);
  await git(STATE, 'clone', '--quiet', '--bare', '--no-hardlinks', CHECKOUT, UNFINISHED);
  mkdirSync(GIT_FOLDER, { recursive: true });
  renameSync(UNFINISHED, BARE);
}

/** Brings the checkout to what is pushed: a command that was ended may have left more in it. */
async function takeBack(): Promise<void> {
  await git(CHECKOUT, 'fetch', '--quiet', 'origin', 'main');
  await git(CHECKOUT, 'reset', '--quiet', '--hard', 'FETCH_HEAD');
  await git(CHECKOUT, 'clean', '--quiet', '--force', '-d');
}

export function repositoryUrl(): string {
  const [first] = CLUSTERS;
  return `git://${first?.nodeAddress}/ai-spm-mesh.git`;
}

/** Each is in a ring of its own. */
function record({ name }: LabCluster) {
  return {
    overlay: 'lab',
    ring: name === CLUSTERS[0]?.name ? 'dev' : 'first',
    region: `region-${name}`,
    network: `network-${name}`,
    host: `ai-spm.${name}.example.com`,
    storageClass: 'standard',
    sharedStorageClass: 'standard',
  };
}

async function replaceUrl(): Promise<void> {
  const files = (await git(CHECKOUT, 'grep', '--files-with-matches', UPSTREAM_URL, '--', 'argocd')).trim().split('\n');
  for (const file of files) {
    const path = join(CHECKOUT, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(UPSTREAM_URL, repositoryUrl()));
  }
}

/** Does what a release of Istio does: writes the version and the place of the images into the chart. */
async function vendorChart(source: string, target: string): Promise<void> {
  const folder = join(CHECKOUT, 'argocd/platform', target);
  await run('mkdir', ['-p', join(folder, '..')]);
  await run('cp', ['-r', source, folder]);
  await run('chmod', ['-R', 'u+w', folder]);
  if (target.startsWith('sealed-secrets')) return;
  edit(join(folder, 'Chart.yaml'), [/^version: .*$/m, `version: ${ISTIO_VERSION}`]);
  edit(
    join(folder, 'values.yaml'),
    [/^( +)hub: registry\.istio\.io\/testing$/m, '$1hub: docker.io/istio'],
    [/^( +)tag: latest$/m, `$1tag: ${ISTIO_VERSION}`],
  );
}

/** Without dex, whose image is not built here, and without asking a registry for images that are on the node. */
async function vendorArgoCd(module: string): Promise<void> {
  const folder = join(CHECKOUT, 'argocd/install');
  const manifests = readFileSync(join(module, 'manifests/install.yaml'), 'utf8');
  const documents = manifests.split(/^---$/m).filter((text) => !/^ {2}name: argocd-dex-server/m.test(text));
  const text = documents.join('---\n').replaceAll('imagePullPolicy: Always', 'imagePullPolicy: IfNotPresent');
  writeFileSync(join(folder, 'install.yaml'), text);
  edit(join(folder, 'kustomization.yaml'), [/https:\S+/, 'install.yaml']);
  for (const name of ['argocd-cm', 'argocd-cmd-params-cm', 'argocd-application-controller', 'argocd-repo-server']) {
    writeFileSync(join(folder, `${name}-lab.yaml`), readFileSync(join(LAB, `deploy/${name}.yaml`)));
    edit(join(folder, 'kustomization.yaml'), [/$/, `  - path: ${name}-lab.yaml\n`]);
  }
}

function edit(path: string, ...changes: [RegExp, string][]): void {
  let text = readFileSync(path, 'utf8');
  for (const [from, to] of changes) text = text.replace(from, to);
  writeFileSync(path, text);
}
