import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORE_SCHEMA, load } from 'js-yaml';
import { expect } from 'vitest';
import { type ModuleFolders, moduleFolders } from '../../lab/modules.ts';
import { PROGRAM_MODULES } from '../../lab/program-list.ts';
import { buildPrograms } from '../../lab/programs.ts';
import { noCache } from '../../render/render-cache.ts';
import { parseObjects } from '../../render/rendered.ts';
import { entriesOf, recordOf, textsOf } from '../../resources/fields.ts';
import type { RenderedObject } from '../../resources/kube-object.ts';
import { goModuleFolder } from '../../schemas/go-module.ts';
import { groupOf } from '../../sources/declaration.ts';
import { readRepository } from '../../sources/repository.ts';
import { runProcess } from '../../system/run-process.ts';
import { openSourceTree } from '../../system/source-tree.ts';
import { realKustomize } from '../../testing/kustomize.ts';
import { permitsDestination, permitsObject } from '../app-project.ts';
import { type DeliveredApplication, type Delivery, destinationOf, nameOf, sourcesOf } from '../delivery.ts';
import { repositoryDelivery } from '../repository-delivery.ts';

/** Charts that can be had here, and their folders in the Go module of Istio. The others are on web pages alone. */
const ISTIO_CHARTS: Readonly<Record<string, string>> = {
  base: 'base',
  cni: 'istio-cni',
  istiod: 'istio-control/istio-discovery',
  gateway: 'gateway',
};

const CLUSTER_WIDE = ['ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'Namespace'];
export const isClusterWide = (kind: string) => CLUSTER_WIDE.includes(kind) || kind.endsWith('WebhookConfiguration');

/** The real helm, and what it makes of the charts that an Application names. */
export interface Charts {
  modules: ModuleFolders;
  /** What Argo CD would get from helm: the files of values and the parameters that the Application names. */
  rendered(application: DeliveredApplication, root: string): Promise<readonly RenderedObject[]>;
  remove(): void;
}

/** Builds helm where it was not built yet: minutes at the first time. */
export async function realCharts(): Promise<Charts> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-spm-mesh-charts-'));
  const { paths } = await buildPrograms(PROGRAM_MODULES.filter((module) => module.folder === 'helm'));
  const helm = paths.get('helm') ?? '';
  const modules = await moduleFolders();

  async function rendered(application: DeliveredApplication, root: string): Promise<readonly RenderedObject[]> {
    const source = sourcesOf(application)[0]?.source ?? {};
    const { valueFiles, parameters } = recordOf(source['helm']);
    const path = String(source['path']);
    // Beside the others: files of values are named from here.
    const place = mkdtempSync(join(folder, 'root-'));
    for (const name of ['argocd', 'clusters']) cpSync(join(root, name), join(place, name), { recursive: true });
    const chart = join(place, path);
    await vendorDependencies(chart, modules);
    const files = textsOf(valueFiles).filter((name) => existsSync(join(chart, name)));
    const set = entriesOf(parameters).map(({ value: { name, value } }) => `${String(name)}=${String(value)}`);
    const { code, stdout, stderr } = await runProcess(
      helm,
      [
        ...['template', 'part', chart, '--include-crds', '--namespace', destinationOf(application).namespace],
        ...files.flatMap((name) => ['--values', join(chart, name)]),
        ...set.flatMap((one) => ['--set', one]),
      ],
      { cwd: chart, timeoutMs: 120_000 },
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return parseObjects(stdout);
  }
  return { modules, rendered, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** As `helm dependency build` would: each chart at the version that is pinned, since what is in the module is of no release. */
async function vendorDependencies(chart: string, modules: ModuleFolders): Promise<void> {
  const { dependencies } = load(readFileSync(join(chart, 'Chart.yaml'), 'utf8'), { schema: CORE_SCHEMA }) as {
    dependencies: { name: string; version: string }[];
  };
  for (const { name, version } of dependencies) {
    const from = await chartFolder(name, version, modules);
    const to = join(chart, 'charts', name);
    mkdirSync(join(chart, 'charts'), { recursive: true });
    cpSync(from, to, { recursive: true });
    const path = join(to, 'Chart.yaml');
    const text = readFileSync(path, 'utf8').replaceAll(/^(version|appVersion): .*$/gm, `$1: ${version}`);
    rmSync(path);
    writeFileSync(path, text);
  }
}

async function chartFolder(name: string, version: string, modules: ModuleFolders): Promise<string> {
  const folder = ISTIO_CHARTS[name];
  if (folder) return join(modules.istio, 'manifests/charts', folder);
  if (name === 'sealed-secrets') return join(modules.sealedSecrets, 'helm', name);
  if (name !== 'cert-manager') throw new Error(`the chart ${name} is in no package registry`);
  return join(await goModuleFolder({ module: 'github.com/cert-manager/cert-manager', version }), 'deploy/charts', name);
}

/** All that Argo CD makes of a checkout of this repository. */
export async function deliveryOf(root: string): Promise<Delivery> {
  const tools = { tool: await realKustomize(), cache: noCache, objectsOf: () => undefined };
  return repositoryDelivery(readRepository(openSourceTree(root)), tools);
}

export function applicationIn({ applications }: Delivery, name: string): DeliveredApplication {
  const found = applications.find((one) => nameOf(one) === name);
  if (!found) throw new Error(`there is no Application ${name}`);
  return found;
}

/** Objects of an Application that its project does not let it make. */
export function refusedBy(
  { projects }: Delivery,
  name: string,
  application: DeliveredApplication,
  objects: readonly RenderedObject[],
): RenderedObject[] {
  const project = projects.find((one) => nameOf(one) === name);
  if (!project) throw new Error(`there is no project ${name}`);
  const { name: cluster, server, namespace } = destinationOf(application);
  return objects.filter(({ value: { apiVersion, kind, metadata } }) => {
    const wide = isClusterWide(kind);
    const place = { name: cluster, server, namespace: metadata.namespace ?? namespace };
    const isPermitted = permitsObject(project, { group: groupOf(apiVersion), kind, name: metadata.name }, !wide);
    return !isPermitted || !(wide || permitsDestination(project, place));
  });
}
