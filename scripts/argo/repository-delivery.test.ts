import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noCache } from '../render/render-cache.ts';
import { recordOf, textsOf } from '../resources/fields.ts';
import { readRepository } from '../sources/repository.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { gitRepository } from '../testing/git-repository.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { copyOfRepository, edit, ROOT } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { applicationList } from './application-list.ts';
import { destinationOf, nameOf, sourcesOf } from './delivery.ts';
import { repositoryDelivery } from './repository-delivery.ts';

async function deliveryOf(root: string) {
  const repository = readRepository(openSourceTree(root));
  return repositoryDelivery(repository, { tool: await realKustomize(), cache: noCache, objectsOf: () => undefined });
}

describe('what Argo CD makes of this repository', () => {
  it('is the root, one Application for each record, and in each cluster those of argocd/cluster that its options do not leave out', async () => {
    const { applications, records, projects, facts } = await deliveryOf(ROOT);
    const made = (parent: string | undefined) => applications.filter((one) => one.parent === parent).map(nameOf);
    expect(made(undefined)).toEqual(['root']);
    expect(made('root')).toEqual(['argo-cd']);
    expect(made('clusters')).toEqual([...records.keys()]);
    for (const name of records.keys()) {
      const parts = readdirSync(join(ROOT, 'argocd/cluster')).filter(
        (file) => !['cert-manager.yaml', 'istio-csr.yaml', 'kustomization.yaml'].includes(file),
      );
      if (facts?.get(name)?.['overlay'] !== 'federation') parts.splice(parts.indexOf('istio-eastwest.yaml'), 1);
      expect(made(name).sort()).toEqual(parts.map((file) => `${name}-${file.replace('.yaml', '')}`).sort());
    }
    expect(projects.map(nameOf).sort()).toEqual(['argocd', 'installation', 'platform', 'root', 'workloads']);
  });

  it('has in each Application what the row of its cluster says', async () => {
    const { applications } = await deliveryOf(ROOT);
    const find = (name: string) => applications.find((one) => nameOf(one) === name) as (typeof applications)[number];
    const workloads = find('prod-eu-ai-spm');
    expect(destinationOf(workloads)).toEqual({ name: 'prod-eu', server: '', namespace: 'ai-spm' });
    expect(sourcesOf(workloads)[0]?.source).toMatchObject({ path: 'clusters/prod-eu', targetRevision: 'main' });
    expect(workloads.value.metadata.labels).toMatchObject({ 'ai-spm.io/cluster': 'prod-eu' });
    const helm = sourcesOf(find('dev-eu-istiod'))[0]?.source['helm'] as Record<string, unknown>;
    const own = '../../../clusters/dev-eu/chart-values.yaml';
    expect(helm['valueFiles']).toEqual(['values.yaml', 'values-dev.yaml', 'option-none.yaml', own]);
    expect(sourcesOf(find('dev-eu-istiod-canary'))[0]?.source['helm']).toMatchObject({
      valueFiles: [
        ...['../istiod/values.yaml', '../istiod/values-dev.yaml', '../istiod/option-none.yaml'],
        ...['values.yaml', 'values-dev.yaml', 'option-none.yaml', own],
      ],
    });
    expect(helm['parameters']).toContainEqual({ name: 'global.multiCluster.clusterName', value: 'dev-eu' });
  });

  it('gives a chart the values of each option, whatever other options the cluster has', async () => {
    const root = copyOfRepository();
    edit(root, 'argocd/clusters/prod-eu.yaml', 'options: federation', 'options: federation,istio-csr');
    const { applications } = await deliveryOf(root);
    const valueFiles = (name: string) => {
      const application = applications.find((one) => nameOf(one) === name) as (typeof applications)[number];
      return textsOf(recordOf(sourcesOf(application)[0]?.source['helm'])['valueFiles']);
    };
    const options = ['option-federation.yaml', 'option-istio-csr.yaml'];
    expect(valueFiles('prod-eu-istiod').slice(2, 4)).toEqual(options);
    expect(valueFiles('prod-eu-istiod-canary').slice(2, 4)).toEqual(options.map((file) => `../istiod/${file}`));
    expect(applications.map(nameOf)).toEqual(
      expect.arrayContaining(['prod-eu-istio-eastwest', 'prod-eu-cert-manager']),
    );
  });

  it('is listed with one line for each', async () => {
    const delivery = await deliveryOf(ROOT);
    const list = JSON.parse(applicationList(delivery)) as unknown[];
    expect(list).toHaveLength(delivery.applications.length);
    expect(list).toContainEqual({
      name: 'prod-us-istiod',
      madeBy: 'prod-us',
      project: 'platform',
      cluster: 'prod-us',
      namespace: 'istio-system',
      path: 'argocd/platform/istiod',
      revision: 'main',
      wave: '2',
    });
  });

  it('is not rendered where an option of kustomize is not known, or a path leads out of the repository', async () => {
    const root = copyOf();
    const path = join(root, 'argocd/application-set.yaml');
    const text = readFileSync(path, 'utf8');
    const yields = async (find: string, put: string) => {
      writeFileSync(path, text.replace(find, put));
      return (await deliveryOf(root)).applications.find((one) => nameOf(one) === 'dev-eu')?.yields;
    };
    expect(await yields('namePrefix:', 'components: ["https://example.com/x"]\n          namePrefix:')).toMatchObject({
      kind: 'unsupported',
    });
    expect(await yields('path: argocd/cluster\n', 'path: ../elsewhere\n')).toMatchObject({ kind: 'failed' });
    expect(await yields('path: argocd/cluster\n', 'path: /etc\n')).toMatchObject({ kind: 'failed' });
  });

  it('is unknown where a set reads another revision than that of the root', async () => {
    const root = copyOf();
    edit(root, 'argocd/application-set.yaml', 'revision: main', 'revision: other');
    const { sets } = await deliveryOf(root);
    expect(sets.map(({ expansion }) => expansion.error?.refusal)).toEqual(['unsupported']);
  });

  it('is looked up where a ring is held: a cluster that is not there yet has nothing to apply', async () => {
    const root = copyOf();
    const repository = gitRepository({}, root);
    const held = repository.git('rev-parse', 'HEAD');
    repository.git('mv', 'clusters/prod-us', 'clusters/prod-ca');
    const row = readFileSync(join(root, 'argocd/clusters/prod-us.yaml'), 'utf8').replaceAll('prod-us', 'prod-ca');
    repository.write({ 'argocd/clusters/prod-us.yaml': undefined, 'argocd/clusters/prod-ca.yaml': row });
    for (const name of ['prod-ca', 'prod-ap', 'dev-eu'])
      edit(
        root,
        `argocd/clusters/${name}.yaml`,
        'revision: main',
        `revision: ${name === 'dev-eu' ? 'f'.repeat(40) : held}`,
      );
    const { applications } = await deliveryOf(root);
    const failures = applications.flatMap(({ yields, ...one }) =>
      yields.kind === 'failed' ? [`${nameOf(one)}: ${yields.reason}`] : [],
    );
    const short = held.slice(0, 12);
    expect(failures).toEqual([
      'dev-eu: this clone has no revision ffffffffffff',
      `prod-ca-ai-spm: \`clusters/prod-ca\` does not exist at ${short}`,
      `prod-ca-secrets: \`clusters/prod-ca/platform\` does not exist at ${short}`,
    ]);
  });
});

/** What the delivery is made from, in a folder of its own. */
function copyOf(): string {
  const root = temporaryTree({});
  for (const name of ['base', 'overlays', 'clusters', 'argocd'])
    cpSync(join(ROOT, name), join(root, name), { recursive: true });
  return root;
}
