import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordOf } from '../resources/fields.ts';
import { copyOfRepository, edit, runCli } from '../testing/repository-copy.ts';
import { CHART_FACTS } from './chart-facts.ts';
import { type Delivery, nameOf } from './delivery.ts';
import { applicationIn, type Charts, deliveryOf, realCharts, refusedBy } from './testing/charts.ts';

const HOUR_MS = 60 * 60_000;

/** The repository with istio-csr in prod-eu, as a user asks for it. */
async function withIstioCsr(): Promise<{ root: string; delivery: Delivery }> {
  const root = copyOfRepository();
  edit(root, 'clusters/prod-eu/cluster.yaml', 'failover:', 'platform: [istio-csr]\nfailover:');
  expect(runCli(root, ['generate'])).toMatchObject({ code: 0 });
  return { root, delivery: await deliveryOf(root) };
}

describe('an authority outside, by istio-csr', () => {
  let charts: Charts;
  afterAll(() => charts.remove());
  beforeAll(async () => {
    charts = await realCharts();
  }, HOUR_MS);

  it('is there in the cluster that asks for it and in no other, and the repository is right with it', async () => {
    const { root, delivery } = await withIstioCsr();
    const names = delivery.applications.map(nameOf).filter((name) => /-(cert-manager|istio-csr)$/.test(name));
    expect(names.sort()).toEqual(['prod-eu-cert-manager', 'prod-eu-istio-csr']);
    expect(runCli(root, ['validate', '--quiet', '--fail-on', 'warning'])).toMatchObject({ code: 0, stdout: '' });
  });

  it('comes before istiod, which has no authority without it', async () => {
    const { root } = await withIstioCsr();
    edit(root, 'argocd/cluster/istio-csr.yaml', 'sync-wave: "1"', 'sync-wave: "2"');
    const { code, stdout } = runCli(root, ['validate']);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/ARGO014[\s\S]*prod-eu-istiod.*needs signing for proxies/),
    ]);
  });

  it('has a cert-manager whose kinds are known and whose objects the project allows', async () => {
    const { root, delivery } = await withIstioCsr();
    const application = applicationIn(delivery, 'prod-eu-cert-manager');
    const objects = await charts.rendered(application, root);
    expect(refusedBy(delivery, 'platform', application, objects).map(({ ref }) => ref)).toEqual([]);
    const groups = objects
      .filter(({ value }) => value.kind === 'CustomResourceDefinition')
      .map(({ value }) => String(recordOf(value['spec'])['group']));
    expect([...new Set(groups)].sort()).toEqual(CHART_FACTS['cert-manager']?.groups);
  });

  it.each(['prod-eu-istiod', 'prod-us-istiod'])('%s signs itself where there is no other', async (name) => {
    const { root, delivery } = await withIstioCsr();
    const objects = await charts.rendered(applicationIn(delivery, name), root);
    const deployment = JSON.stringify(objects.find(({ value }) => value.kind === 'Deployment')?.value);
    const isOutside = name.startsWith('prod-eu');
    expect(deployment.includes('{"name":"ENABLE_CA_SERVER","value":"false"}')).toBe(isOutside);
    const injector = JSON.stringify(objects.find(({ ref }) => ref.name === 'istio-sidecar-injector')?.value);
    expect(injector.includes('cert-manager-istio-csr.cert-manager.svc:443')).toBe(isOutside);
  });
});
