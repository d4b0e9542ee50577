import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf, recordOf } from '../resources/fields.ts';
import type { KubeObject, RenderedObject } from '../resources/kube-object.ts';
import { type Labels, matchesLabels, parseSelector } from '../resources/selectors.ts';
import { objectKey } from '../resources/target-index.ts';
import { copyOfRepository, edit, runCli } from '../testing/repository-copy.ts';
import type { Delivery } from './delivery.ts';
import { applicationIn, type Charts, deliveryOf, realCharts, refusedBy } from './testing/charts.ts';

const HOUR_MS = 60 * 60_000;
const ISTIODS = ['prod-eu-istiod', 'prod-eu-istiod-canary'] as const;

let charts: Charts;
beforeAll(async () => {
  charts = await realCharts();
}, HOUR_MS);
afterAll(() => charts.remove());

/** The repository with a canary in prod-eu, as a user asks for it. */
async function withCanary(namespaces: string | undefined): Promise<{ root: string; delivery: Delivery }> {
  const root = copyOfRepository();
  if (namespaces !== undefined) {
    edit(root, 'clusters/prod-eu/cluster.yaml', 'failover:', `istioCanary: ${namespaces}\nfailover:`);
    expect(runCli(root, ['generate'])).toMatchObject({ code: 0 });
  }
  return { root, delivery: await deliveryOf(root) };
}

describe('a second istiod', () => {
  it('is not there where no record asks for it', async () => {
    const { root, delivery } = await withCanary(undefined);
    expect(await charts.rendered(applicationIn(delivery, 'prod-eu-istiod-canary'), root)).toEqual([]);
  });

  it('is set up as the first and shares no object with it', async () => {
    const { root, delivery } = await withCanary('[]');
    const application = applicationIn(delivery, 'prod-eu-istiod-canary');
    const [first, second] = (await Promise.all(
      ISTIODS.map((name) => charts.rendered(applicationIn(delivery, name), root)),
    )) as [RenderedObject[], RenderedObject[]];

    const keys = new Set(first.map(objectKey));
    expect(second.filter((one) => keys.has(objectKey(one)))).toEqual([]);
    expect(second).toHaveLength(first.length);
    expect(refusedBy(delivery, 'platform', application, second).map(({ ref }) => ref)).toEqual([]);
    expect(specOf(second, 'HorizontalPodAutoscaler')).toMatchObject({ minReplicas: 2 });
    expect(specOf(second, 'PodDisruptionBudget')).toMatchObject({
      minAvailable: 1,
      selector: { matchLabels: { 'istio.io/rev': 'canary' } },
    });
    expect(specOf(second, 'Deployment')).toMatchObject({
      template: { spec: { topologySpreadConstraints: [{ matchLabelKeys: ['istio.io/rev'] }, {}] } },
    });
    expect(meshConfigOf(first)).toContain('REGISTRY_ONLY');
    expect(meshConfigOf(second).replace('istiod-canary.', 'istiod.')).toBe(meshConfigOf(first));
  });

  it.each([
    ['[]', 'istiod', 'istiod', 'istiod'],
    ['[ai-spm]', 'istiod-canary', 'istiod', 'istiod'],
    ['[istio-ingress]', 'istiod', 'istiod-canary', 'istiod'],
    ['[ai-spm, istio-eastwest, istio-ingress]', 'istiod-canary', 'istiod-canary', 'istiod-canary'],
  ])('with %s: exactly one webhook takes each pod', async (namespaces, workload, ingress, eastwest) => {
    const { root, delivery } = await withCanary(namespaces);
    const rendered = async (name: string) => (await charts.rendered(applicationIn(delivery, name), root)).map(plainOf);
    const webhooks = (await Promise.all(ISTIODS.map(rendered)))
      .flat()
      .filter(({ kind }) => kind === 'MutatingWebhookConfiguration')
      .flatMap((one) => entriesOf(one['webhooks']).map(({ value }) => value));
    const takers = (namespace: Labels, pod: Labels) =>
      webhooks.filter(
        ({ namespaceSelector, objectSelector }) =>
          matchesLabels(parseSelector(namespaceSelector), namespace) &&
          matchesLabels(parseSelector(objectSelector), pod),
      );
    const serviceOf = (webhook: Record<string, unknown> | undefined) =>
      recordOf(recordOf(webhook?.['clientConfig'])['service'])['name'];
    const expectOne = (namespace: Labels, pod: Labels, service: string) =>
      expect(takers(namespace, pod).map(serviceOf)).toEqual([service]);

    const { yields } = applicationIn(delivery, 'prod-eu-ai-spm');
    const objects = yields.kind === 'objects' ? yields.objects.map(plainOf) : [];
    const own = objects.find(({ kind }) => kind === 'Namespace')?.metadata.labels ?? {};
    const pods = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
    expect(pods.length).toBeGreaterThan(5);
    for (const one of pods) expectOne(own, podLabels(one), workload);

    for (const [name, service] of [
      ['istio-ingress', ingress],
      ['istio-eastwest', eastwest],
    ] as const) {
      const gateway = (await rendered(`prod-eu-${name}`)).find(({ kind }) => kind === 'Deployment') as KubeObject;
      expectOne({ 'topology.istio.io/network': 'network-eu' }, podLabels(gateway), service);
    }
  });
});

const plainOf = ({ value }: RenderedObject) => value;

function specOf(objects: readonly RenderedObject[], kind: string): Record<string, unknown> {
  return recordOf(objects.map(plainOf).find((one) => one.kind === kind)?.['spec']);
}

function podLabels({ spec }: KubeObject): Labels {
  return recordOf(recordOf(recordOf(recordOf(spec)['template'])['metadata'])['labels']);
}

function meshConfigOf(objects: readonly RenderedObject[]): string {
  const map = objects
    .map(plainOf)
    .find(({ kind, metadata }) => kind === 'ConfigMap' && /^istio(-canary)?$/.test(metadata.name));
  return String(recordOf(map?.['data'])['mesh']);
}
