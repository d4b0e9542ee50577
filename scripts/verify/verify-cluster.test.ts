import { expect, it } from 'vitest';
import { cluster, OTHERS_SYNCED, pod } from './codes/healthy-cluster.ts';
import { notLookedAt } from './codes/pod-codes.ts';
import { exampleCluster, problemsOf } from './testing/example-cluster.ts';
import { verifyCluster } from './verify-cluster.ts';

/** Nothing runs; the cluster still says which it is. */
const empty = () => {
  const files = Object.entries(cluster());
  return Object.fromEntries(files.filter(([path]) => !path.startsWith('live/') || path === 'live/cluster-info.yaml'));
};

it('an empty cluster passes no check', async () => {
  expect(await problemsOf(empty())).toEqual([
    'ARGO101 application root does not exist: nothing follows git',
    'K8S101 ai-spm/web has no pod that is ready',
    'K8S101 ai-spm/api has no pod that is ready',
    'K8S101 istio-system/istiod has no pod that is ready',
    'K8S101 istio-ingress/istio-ingressgateway has no pod that is ready',
    'K8S101 istio-eastwest/istio-eastwestgateway has no pod that is ready',
    'MESH102 no istiod runs: no proxy gets a change any more',
    'MESH109 no Gateway of namespace ai-spm has a host with TLS: nobody is served',
    'MESH105 namespace ai-spm has no AuthorizationPolicy default-deny, and git has',
    'MESH107 no istiod runs that could read two',
    'SEC101 SealedSecret ai-spm/password: git has it and the cluster does not',
    'K8S102 the access: Gateway ai-spm/ai-spm-gateway not found',
  ]);
});

it('without any istiod, proxies that are ready are in sync with nobody', async () => {
  const problems = await problemsOf(cluster({ 'live/istiod-1.yaml': undefined }));

  expect(problems).toContain('MESH102 no istiod runs: no proxy gets a change any more');
  expect(problems).toContain('K8S101 istio-system/istiod has no pod that is ready');
  expect(problems).toContain('MESH107 no istiod runs that could read two');
});

it('a ready proxy that no istiod knows is not in sync', async () => {
  expect(await problemsOf(cluster({ 'live/answers/istiod-1/debug/syncz': OTHERS_SYNCED }))).toEqual([
    'MESH102 pod ai-spm/api-1 has a proxy that is connected to no istiod: it gets no change any more',
  ]);
});

it('a proxy that was sent nothing is not in sync', async () => {
  const syncz = `${OTHERS_SYNCED}- { proxy: api-1.ai-spm }\n`;

  expect(await problemsOf(cluster({ 'live/answers/istiod-1/debug/syncz': syncz }))).toEqual([
    'MESH102 pod ai-spm/api-1 has a proxy that has not taken the last cluster, listener configuration',
  ]);
});

it('a proxy may be connected to the istiod that does not answer', async () => {
  const second = pod('istiod-2', {
    namespace: 'istio-system',
    labels: '{ app: istiod }',
    containers: [{ name: 'discovery' }],
  });
  const files = { 'live/istiod-2.yaml': second, 'live/answers/istiod-1/debug/syncz': OTHERS_SYNCED };

  expect(new Set(await problemsOf(cluster(files)))).toEqual(
    new Set(['K8S102 pod istio-system/istiod-2: port 15014 of istiod-2: connection refused']),
  );
});

it('a workload whose only pod was evicted has none', async () => {
  const evicted = pod('web-1', { status: '  phase: Failed\n  reason: Evicted\n' });

  expect(await problemsOf(cluster({ 'live/web-1.yaml': evicted }))).toContain(
    'K8S101 ai-spm/web has no pod that is ready',
  );
});

it('a pod that cannot be asked, and a check that fails, keep nothing else from being found', async () => {
  const files = {
    'live/answers/web-1/listeners': undefined,
    'live/ai-spm-gateway.yaml': 'kind: Gateway\nmetadata: { name: ai-spm-gateway, namespace: ai-spm }\n',
    'live/answers/api-1/certificates': 'hoursLeft: 0.5\n',
    'live/cluster-info.yaml': undefined,
  };
  const problems = (await problemsOf(cluster(files))).map((line) => line.replace(/ (ends|\(ConfigMap) .*/, ''));

  expect(problems).toEqual([
    'K8S102 what git has for the cluster: the cluster of context `one` does not say which it is',
    'MESH103 pod ai-spm/api-1 has a certificate that',
    expect.stringMatching(/^K8S102 the certificates of the public gateway: /),
    'K8S102 pod ai-spm/web-1: port 15000 of web-1: connection refused',
    expect.stringMatching(/^K8S102 the access: /),
  ]);
});

it('pods that leave are passed over, as in a rolling update', async () => {
  const leaving = pod('web-0').replace('  labels', '  deletionTimestamp: "2026-11-25T14:00:00Z"\n  labels');

  expect(await problemsOf(cluster({ 'live/web-0.yaml': leaving }))).toEqual([]);
});

it('so is one that ends while it is asked', async () => {
  const { connection, promises } = exampleCluster(
    cluster({ 'live/web-0.yaml': pod('web-0'), 'live/answers/web-0/certificates': undefined }),
  );
  const { core } = connection;
  const read = core.readNamespacedPod.bind(core);
  core.readNamespacedPod = async (query) => {
    if (query.name === 'web-0') throw Object.assign(new Error('not found'), { code: 404 });
    return read(query);
  };
  const { problems } = await verifyCluster(connection, promises, { tell: () => {} });

  expect(problems.filter(({ code }) => code === notLookedAt)).toEqual([]);
});

it('of a cluster that git has no record of, no secret is expected', async () => {
  const sealed =
    'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: other, namespace: ai-spm }\nspec: {}\n';
  const unknown = 'kind: ConfigMap\nmetadata: { name: cluster-info, namespace: ai-spm }\ndata: { name: three }\n';

  expect(
    await problemsOf(cluster({ 'clusters/three/sealed.yaml': sealed, 'live/cluster-info.yaml': unknown })),
  ).toEqual([]);
});

it('says which right is missing, in the words of the API server', async () => {
  const { connection, promises } = exampleCluster(cluster());
  const message = 'sealedsecrets.bitnami.com is forbidden: User "ci" cannot list resource "sealedsecrets"';
  connection.custom.listClusterCustomObject = async () => {
    throw Object.assign(new Error('HTTP-Code: 403 Body: ...'), { code: 403, body: JSON.stringify({ message }) });
  };
  const { problems } = await verifyCluster(connection, promises, { tell: () => {} });

  expect(problems.map(({ code, message }) => `${code.code} ${message}`)).toEqual([
    `K8S102 the sealed secrets: ${message}`,
  ]);
});

it('of a cluster that does not answer, that alone is said', async () => {
  const { connection, promises } = exampleCluster(cluster());
  connection.core.listNamespace = async () => {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  };
  const { problems } = await verifyCluster(connection, promises, { tell: () => {} });

  expect(problems).toMatchObject([
    {
      message: 'nothing of the cluster is known: the cluster of context `one` does not answer (connect ECONNREFUSED)',
      fix: 'try: kubectl --context one get namespaces',
    },
  ]);
});
