import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseObjects } from '../render/rendered.ts';
import { entriesOf, recordOf } from '../resources/fields.ts';
import type { KubeObject } from '../resources/kube-object.ts';
import { groupOf } from '../sources/declaration.ts';
import { ROOT } from '../testing/repository-copy.ts';
import { permitsObject } from './app-project.ts';
import { CHART_FACTS } from './chart-facts.ts';
import { type Delivery, nameOf } from './delivery.ts';
import { applicationIn, type Charts, deliveryOf, isClusterWide, realCharts, refusedBy } from './testing/charts.ts';

const HOUR_MS = 60 * 60_000;

describe("the platform with Istio's own charts", () => {
  let charts: Charts;
  let delivery: Delivery;
  afterAll(() => charts.remove());
  beforeAll(async () => {
    charts = await realCharts();
    delivery = await deliveryOf(ROOT);
  }, HOUR_MS);

  const find = (name: string) => applicationIn(delivery, name);
  const rendered = (name: string) => charts.rendered(find(name), ROOT);

  const PARTS = ['istio-base', 'istio-cni', 'istiod', 'istio-ingress', 'istio-eastwest', 'sealed-secrets'];

  it.each(PARTS)('%s: the chart takes its values, and the project what comes of them', async (part) => {
    const application = find(`prod-eu-${part}`);
    const objects = await charts.rendered(application, ROOT);
    expect(objects.length).toBeGreaterThan(0);
    expect(refusedBy(delivery, 'platform', application, objects).map(({ ref }) => ref)).toEqual([]);
  });

  it.each(['install.yaml', 'ha/install.yaml'])("Argo CD's own %s is what its project allows", (file) => {
    const project = delivery.projects.find((one) => nameOf(one) === 'installation');
    if (!project) throw new Error('no project');
    const objects = parseObjects(readFileSync(join(charts.modules.argoCd, 'manifests', file), 'utf8'));
    const refused = objects.filter(
      ({ value: { apiVersion, kind }, ref: { name } }) =>
        !permitsObject(project, { group: groupOf(apiVersion), kind, name }, !isClusterWide(kind)),
    );
    expect(objects.length).toBeGreaterThan(50);
    expect(refused.map(({ ref }) => ref)).toEqual([]);
  });

  it('knows which groups the charts bring', async () => {
    for (const [part, chart] of [
      ['istio-base', 'base'],
      ['sealed-secrets', 'sealed-secrets'],
    ] as const) {
      const groups = (await rendered(`prod-eu-${part}`))
        .filter(({ value }) => value.kind === 'CustomResourceDefinition')
        .map(({ value }) => String(recordOf(value['spec'])['group']));
      expect([...new Set(groups)].sort()).toEqual([...(CHART_FACTS[chart]?.groups ?? [])].sort());
    }
  });

  it('has an istiod that outlives a node, and takes a new root of the mesh while it runs', async () => {
    const objects = (await rendered('prod-eu-istiod')).map(({ value }) => value);
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
    const service = (await rendered('prod-eu-istio-eastwest')).find(({ value }) => value.kind === 'Service')?.value;
    expect(service?.metadata.labels).toMatchObject({ 'topology.istio.io/network': 'network-eu' });
    expect(JSON.stringify(service?.['spec'])).toContain('15443');
  });

  it('lets the four services that fail over, and nothing else, through the gateways between clusters', async () => {
    const objects = (await rendered('prod-eu-istio-eastwest')).map(({ value }) => value);
    const spec = (kind: string) => recordOf(objects.find((one) => one.kind === kind)?.['spec']);
    const { selector, servers } = spec('Gateway');
    expect(spec('Deployment')).toMatchObject({ template: { metadata: { labels: selector } } });
    expect(spec('Service')).toMatchObject({ selector });
    expect(servers).toMatchObject([{ port: { number: 15443, protocol: 'TLS' }, tls: { mode: 'AUTO_PASSTHROUGH' } }]);
    const { yields } = find('prod-eu-ai-spm');
    const workloads = yields.kind === 'objects' ? yields.objects.map(({ value }) => value) : [];
    const failingOver = workloads.filter(({ metadata }) => metadata.labels?.['ai-spm.io/failover'] === 'region');
    expect(failingOver).toHaveLength(4);
    expect(entriesOf(servers)[0]?.value['hosts']).toEqual(failingOver.map((rule) => recordOf(rule['spec'])['host']));
  });
});

function meshConfigOf(objects: readonly KubeObject[]): unknown {
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'istio');
  return load(String(recordOf(map?.['data'])['mesh']), { schema: CORE_SCHEMA });
}
