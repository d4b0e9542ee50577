import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORE_SCHEMA, load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moduleFolders } from '../lab/modules.ts';
import { PROGRAM_MODULES } from '../lab/program-list.ts';
import { buildPrograms } from '../lab/programs.ts';
import { noCache } from '../render/render-cache.ts';
import { parseObjects } from '../render/rendered.ts';
import { recordOf } from '../resources/fields.ts';
import type { KubeObject, RenderedObject } from '../resources/kube-object.ts';
import { groupOf } from '../sources/declaration.ts';
import { readRepository } from '../sources/repository.ts';
import { runProcess } from '../system/run-process.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { ROOT } from '../testing/repository-copy.ts';
import { permitsDestination, permitsKind } from './app-project.ts';
import { CHART_FACTS } from './chart-facts.ts';
import { type DeliveredApplication, type Delivery, destinationOf, nameOf, sourcesOf } from './delivery.ts';
import { repositoryDelivery } from './repository-delivery.ts';

const HOUR_MS = 60 * 60_000;
const CLUSTER_WIDE = ['ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'Namespace'];
const isClusterWide = (kind: string) => CLUSTER_WIDE.includes(kind) || kind.endsWith('WebhookConfiguration');

/** Charts that can be had here, and their folders in the Go module of Istio. The others are on web pages alone. */
const CHARTS: Readonly<Record<string, string>> = {
  base: 'base',
  cni: 'istio-cni',
  istiod: 'istio-control/istio-discovery',
  gateway: 'gateway',
};

describe("the platform with Istio's own charts", () => {
  const folder = mkdtempSync(join(tmpdir(), 'ai-spm-mesh-charts-'));
  let helm = '';
  let charts = '';
  let argoCd = '';
  let sealedSecrets = '';
  let delivery: Delivery;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(async () => {
    const { paths } = await buildPrograms(PROGRAM_MODULES.filter((module) => module.folder === 'helm'));
    helm = paths.get('helm') ?? '';
    const modules = await moduleFolders();
    charts = join(modules.istio, 'manifests/charts');
    argoCd = modules.argoCd;
    sealedSecrets = join(modules.sealedSecrets, 'helm/sealed-secrets');
    const repository = readRepository(openSourceTree(ROOT));
    const tools = { tool: await realKustomize(), cache: noCache, objectsOf: () => undefined };
    delivery = await repositoryDelivery(repository, tools);
  }, HOUR_MS);

  const find = (name: string) => delivery.applications.find((one) => nameOf(one) === name) as DeliveredApplication;

  /** What Argo CD would get from helm: the values and parameters that the Application names. */
  async function rendered(application: DeliveredApplication): Promise<readonly RenderedObject[]> {
    const source = sourcesOf(application)[0]?.source ?? {};
    const { valueFiles, parameters } = recordOf(source['helm']);
    const from = join(ROOT, String(source['path']));
    const to = mkdtempSync(join(folder, 'part-'));
    cpSync(from, to, { recursive: true });
    for (const name of application.yields.kind === 'chart' ? application.yields.charts : []) {
      const chart = CHARTS[name] === undefined ? sealedSecrets : join(charts, CHARTS[name]);
      cpSync(chart, join(to, 'charts', name), { recursive: true });
      const { dependencies } = load(readFileSync(join(to, 'Chart.yaml'), 'utf8')) as {
        dependencies: { version: string }[];
      };
      const path = join(to, 'charts', name, 'Chart.yaml');
      const text = readFileSync(path, 'utf8').replace(/^version: .*$/m, `version: ${dependencies[0]?.version}`);
      writeFileSync(path, text, { mode: 0o644 });
    }
    const files = (valueFiles as string[]).filter((name) => readdirSync(to).includes(name));
    const set = (parameters as { name: string; value: string }[]).map(({ name, value }) => `${name}=${value}`);
    const { code, stdout, stderr } = await runProcess(
      helm,
      [
        ...['template', 'part', to, '--include-crds', '--namespace', destinationOf(application).namespace],
        ...files.flatMap((name) => ['--values', join(to, name)]),
        ...set.flatMap((one) => ['--set-string', one]),
      ],
      { cwd: to, timeoutMs: 120_000 },
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return parseObjects(stdout);
  }

  const PARTS = ['istio-base', 'istio-cni', 'istiod', 'istio-ingress', 'istio-eastwest', 'sealed-secrets'];

  it.each(PARTS)('%s: the chart takes its values, and the project what comes of them', async (part) => {
    const application = find(`prod-eu-${part}`);
    const objects = await rendered(application);
    const project = delivery.projects.find((one) => nameOf(one) === 'platform');
    expect(objects.length).toBeGreaterThan(0);
    if (!project) throw new Error('no project');
    const { name, server, namespace } = destinationOf(application);
    const refused = objects.filter(({ value: { apiVersion, kind, metadata } }) => {
      const wide = isClusterWide(kind);
      const place = { name, server, namespace: metadata.namespace ?? namespace };
      return !permitsKind(project, groupOf(apiVersion), kind, !wide) || !(wide || permitsDestination(project, place));
    });
    expect(refused.map(({ ref }) => ref)).toEqual([]);
  });

  it.each(['install.yaml', 'ha/install.yaml'])("Argo CD's own %s is what its project allows", (file) => {
    const project = delivery.projects.find((one) => nameOf(one) === 'installation');
    if (!project) throw new Error('no project');
    const objects = parseObjects(readFileSync(join(argoCd, 'manifests', file), 'utf8'));
    const refused = objects.filter(
      ({ value: { apiVersion, kind } }) => !permitsKind(project, groupOf(apiVersion), kind, !isClusterWide(kind)),
    );
    expect(objects.length).toBeGreaterThan(50);
    expect(refused.map(({ ref }) => ref)).toEqual([]);
  });

  it('knows which groups the charts bring', async () => {
    for (const [part, chart] of [
      ['istio-base', 'base'],
      ['sealed-secrets', 'sealed-secrets'],
    ] as const) {
      const groups = (await rendered(find(`prod-eu-${part}`)))
        .filter(({ value }) => value.kind === 'CustomResourceDefinition')
        .map(({ value }) => String(recordOf(value['spec'])['group']));
      expect([...new Set(groups)].sort()).toEqual([...(CHART_FACTS[chart]?.groups ?? [])].sort());
    }
  });

  it('has an istiod that outlives a node, and takes a new root of the mesh while it runs', async () => {
    const objects = (await rendered(find('prod-eu-istiod'))).map(({ value }) => value);
    const spec = (kind: string) => recordOf(objects.find((one) => one.kind === kind)?.['spec']);
    expect(spec('HorizontalPodAutoscaler')).toMatchObject({ minReplicas: 2 });
    expect(spec('PodDisruptionBudget')).toMatchObject({ minAvailable: 1 });
    expect(spec('Deployment')).toMatchObject({
      template: { spec: { topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname' }, {}] } },
    });
    expect(JSON.stringify(spec('Deployment'))).toContain('{"name":"ISTIO_MULTIROOT_MESH","value":"true"}');
    expect(meshConfigOf(objects)).toMatchObject({
      defaultConfig: { proxyMetadata: { PROXY_CONFIG_XDS_AGENT: 'true' } },
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    });
    const webhooks = objects.filter(({ kind }) => kind.endsWith('WebhookConfiguration'));
    const policies = webhooks.flatMap(({ webhooks: all }) =>
      (all as { failurePolicy: string }[]).map((one) => one.failurePolicy),
    );
    expect(new Set(policies)).toEqual(new Set(['Fail']));
  });

  it('has gateways between clusters in the network of the record', async () => {
    const service = (await rendered(find('prod-eu-istio-eastwest'))).find(
      ({ value }) => value.kind === 'Service',
    )?.value;
    expect(service?.metadata.labels).toMatchObject({ 'topology.istio.io/network': 'network-eu' });
    expect(JSON.stringify(service?.['spec'])).toContain('15443');
  });
});

function meshConfigOf(objects: readonly KubeObject[]): unknown {
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'istio');
  return load(String(recordOf(map?.['data'])['mesh']), { schema: CORE_SCHEMA });
}
