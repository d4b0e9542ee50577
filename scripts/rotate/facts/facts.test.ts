import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Deployment, V1Pod, V1PodSpec, V1ReplicaSet, V1Secret } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { certificatesIn } from '../../secrets/pem.ts';
import type { Connection } from '../../verify/connection.ts';
import { pemNamed } from '../../verify/proxy-certificates.ts';
import { tokensIn } from './account-tokens.ts';
import { collectFacts } from './collect.ts';
import { rolesIn } from './database-roles.ts';
import { remotesIn } from './federation.ts';
import { hasProxy, metricOf } from './mesh.ts';
import { factsOf } from './workloads.ts';

const certificatesOf = (answer: object) => ({
  chain: pemNamed('default', JSON.stringify(answer)),
  roots: pemNamed('ROOTCA', JSON.stringify(answer)),
});

/** Answers of a gateway, an istiod and an API server of the lab, as they were recorded. */
const recorded = (name: string) => readFileSync(join(__dirname, '__fixtures__', name), 'utf8');
const dump = () => JSON.parse(recorded('proxy-secrets.json'));

describe('a proxy', () => {
  it('tells its chain and its roots, and no private key', () => {
    const facts = certificatesOf(dump());
    const [leaf, issuer, root] = certificatesIn(facts.chain);

    expect(leaf?.subjectAltName).toContain('spiffe://cluster.local/ns/istio-ingress/');
    expect(leaf?.checkIssued(issuer as NonNullable<typeof issuer>)).toBe(true);
    expect(certificatesIn(facts.roots).map(({ fingerprint256 }) => fingerprint256)).toEqual([root?.fingerprint256]);
    expect(JSON.stringify(facts)).not.toMatch(/PRIVATE|redacted/i);
  });

  it('every root that it trusts counts, not the first alone', () => {
    const answer = dump();
    const trusted = answer.configs.find(({ name }: { name: string }) => name === 'ROOTCA').secret.validation_context
      .trusted_ca;
    const one = Buffer.from(trusted.inline_bytes, 'base64').toString();
    trusted.inline_bytes = Buffer.from(one + certificatesOf(dump()).chain).toString('base64');

    expect(certificatesIn(certificatesOf(answer).roots)).toHaveLength(
      certificatesIn(one).length + certificatesIn(certificatesOf(dump()).chain).length,
    );
  });

  it('has none of what its answer lacks', () => {
    expect(certificatesOf({})).toEqual({ chain: '', roots: '' });
    expect(certificatesOf({ configs: [{ name: 'default' }] })).toEqual({ chain: '', roots: '' });
  });

  it.each<[string, NonNullable<V1Pod['status']>, boolean]>([
    ['in a running pod', { phase: 'Running', containerStatuses: [proxy({ running: {} })] }, true],
    ['as a sidecar of a pod that starts', { phase: 'Pending', initContainerStatuses: [proxy({ running: {} })] }, true],
    ['that has crashed', { phase: 'Running', containerStatuses: [proxy({ waiting: {} })] }, false],
    [
      'that is none',
      { phase: 'Running', containerStatuses: [{ ...proxy({ running: {} }), name: 'discovery' }] },
      false,
    ],
  ])('%s is seen: %#', (_, status, seen) => {
    expect(hasProxy({ status })).toBe(seen);
  });
});

function proxy(state: object) {
  return { name: 'istio-proxy', state, image: '', imageID: '', ready: false, restartCount: 0 };
}

describe('an istiod', () => {
  it('tells when its certificates end', () => {
    const metrics = recorded('istiod-metrics.txt');

    expect(metricOf(metrics, 'citadel_server_cert_chain_expiry_timestamp')).toBe(1827125303);
    expect(metricOf(metrics, 'citadel_server_root_cert_expiry_timestamp')).toBe(2110949303);
    expect(() => metricOf('', 'citadel_server_root_cert_expiry_timestamp')).toThrow('has no metric');
    expect(() =>
      metricOf('citadel_server_root_cert_expiry_timestamp NaN', 'citadel_server_root_cert_expiry_timestamp'),
    ).toThrow();
  });

  it('tells which other clusters it reads; itself is none of them', () => {
    const [own] = JSON.parse(recorded('istiod-clusters.json'));
    const other = { id: 'lab-2', secretName: 'istio-system/istio-remote-secret-lab-2', syncStatus: 'timeout' };

    expect(remotesIn(JSON.stringify([own]), 'istiod-1')).toEqual([]);
    expect(remotesIn(JSON.stringify([own, other]), 'istiod-1')).toEqual([
      { cluster: 'lab-2', state: 'timeout', istiod: 'istiod-1' },
    ]);
  });
});

describe('a workload', () => {
  const { deployments, pods } = JSON.parse(recorded('api-gateway.json')) as {
    deployments: [V1Deployment];
    pods: [V1Pod, V1Pod];
  };
  const [deployment] = deployments;
  const of = (changes: Partial<V1Deployment>, alive: V1Pod[] = pods) =>
    factsOf('Deployment', { ...deployment, ...changes }, alive);

  it('is settled, and takes what its pods take', () => {
    expect(of({})).toEqual({
      namespace: 'ai-spm',
      name: 'api-gateway',
      kind: 'Deployment',
      settled: true,
      secrets: ['ai-spm-secrets/database-url as DATABASE_URL', 'ai-spm-secrets/session-secret as SESSION_SECRET'],
    });
  });

  it('says when its last rollout was over, which is not when it began, and not while it lasts', () => {
    const progressing = (reason: string) => ({
      type: 'Progressing',
      status: 'True',
      reason,
      lastTransitionTime: new Date('2026-11-25T08:52:05Z'),
      lastUpdateTime: new Date('2026-11-25T08:52:28Z'),
    });
    const end = (reason: string) =>
      of({ status: { ...deployment.status, conditions: [progressing(reason)] } }).rolledOutAt;

    expect(end('NewReplicaSetAvailable')).toBe('2026-11-25T08:52:28.000Z');
    expect(end('ReplicaSetUpdated')).toBeUndefined();
  });

  it.each<[string, Partial<V1Deployment>, V1Pod[]]>([
    ['its last change has not been seen', { status: { ...deployment.status, observedGeneration: 4 } }, pods],
    ['a replica is of the template before', { status: { ...deployment.status, updatedReplicas: 1 } }, pods],
    ['a replica is not ready', { status: { ...deployment.status, readyReplicas: 1 } }, pods],
    ['none is ready', { status: { ...deployment.status, readyReplicas: undefined as never } }, pods],
    ['a pod of before is still ending', {}, [...pods, pods[0]]],
  ])('is not settled while %s', (_, changes, alive) => {
    expect(of(changes, alive).settled).toBe(false);
  });

  it('says what templates of before took, and when the last pod of each was gone', () => {
    const set = (uid: string, replicas: number, time = '2026-11-20T08:00:00Z'): V1ReplicaSet => ({
      metadata: {
        ownerReferences: [{ uid, apiVersion: 'apps/v1', kind: 'Deployment', name: 'api-gateway' }],
        managedFields: [
          { manager: 'a', time: new Date('2026-11-24T00:00:00Z') },
          { manager: 'b', subresource: 'status', time: new Date(time) },
        ],
      },
      spec: { replicas, selector: {}, template: { spec: pods[0].spec as V1PodSpec } },
      status: { replicas },
    });
    const own = { ...deployment, metadata: { ...deployment.metadata, uid: 'own' } };
    const { past } = factsOf('Deployment', own, pods, [set('own', 0), set('own', 2), set('other', 0)]);

    expect(past).toEqual([{ secrets: of({}).secrets, endedAt: '2026-11-20T08:00:00.000Z' }]);
  });

  it('a pod that has ended does not count, one of another workload neither', () => {
    const ended = { ...pods[0], status: { phase: 'Succeeded' } };
    const other = { ...pods[0], metadata: { labels: { 'app.kubernetes.io/name': 'ai-scanner' } } };

    expect(of({}, [...pods, ended, other]).settled).toBe(true);
  });

  it('takes from Secrets also by envFrom, volumes and at its start', () => {
    const spec = {
      containers: [{ name: 'a', envFrom: [{ secretRef: { name: 'all' } }] }],
      initContainers: [{ name: 'b', env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'first', key: 'k' } } }] }],
      volumes: [
        { name: 'v', secret: { secretName: 'mounted' } },
        { name: 'w', projected: { sources: [{ secret: { name: 'projected' } }, { configMap: { name: 'no' } }] } },
      ],
    };

    expect(of({}, [{ ...pods[0], spec }]).secrets).toEqual(['all', 'first/k as X', 'mounted', 'projected']);
  });
});

describe('others', () => {
  it('the roles of the database, without a verifier', () => {
    expect(rolesIn('ai_spm_a,t,t,12\nai_spm_b,f,f,0\n')).toEqual([
      { name: 'ai_spm_a', canLogin: true, hasPassword: true, sessions: 12 },
      { name: 'ai_spm_b', canLogin: false, hasPassword: false, sessions: 0 },
    ]);
  });

  it('tokens by which others reach it, by name and never by value', () => {
    const secret = (
      name: string,
      account: string,
      data?: Record<string, string>,
      labels: Record<string, string> = {},
      namespace = 'istio-system',
    ): V1Secret => ({
      metadata: { namespace, name, labels, annotations: { 'kubernetes.io/service-account.name': account } },
      ...(data ? { data } : {}),
    });
    const reader = 'istio-reader-service-account';
    const full = { token: 'c2VjcmV0', 'ca.crt': 'eA==' };
    const facts = tokensIn([
      secret('one', reader, full, { 'kubernetes.io/legacy-token-last-used': '2026-11-25' }),
      secret('two', reader, { token: 'c2VjcmV0' }),
      secret('three', reader),
      secret('four', 'other', full),
      secret('five', reader, full, {}, 'default'),
      secret('six', 'argocd-manager', full, {}, 'kube-system'),
    ]);

    expect(facts.map(({ name, account, filled, lastUsed }) => [name, account, filled, lastUsed])).toEqual([
      ['one', reader, true, '2026-11-25'],
      ['two', reader, false, undefined],
      ['three', reader, false, undefined],
      ['six', 'argocd-manager', true, undefined],
    ]);
    expect(JSON.stringify(facts)).not.toContain('c2VjcmV0');
  });
});

it('what cannot be read says so, part by part; what is empty and cannot be is not known', async () => {
  const refuse = async () => {
    throw new Error('HTTP-Code: 403\nMessage: the rest');
  };
  const none = async () => ({ items: [] });
  const api = (answers: object) => new Proxy(answers, { get: (all, name) => Reflect.get(all, name) ?? refuse });
  const core = api({ listPodForAllNamespaces: none, listSecretForAllNamespaces: none });
  const apis = { core, apps: api({}), custom: api({}), exec: refuse, get: refuse };
  const connection = { context: 'x', ...apis } as unknown as Connection;
  const { cluster, collectedAt, ...parts } = await collectFacts(connection, 'x');

  expect([cluster, Date.now() - Date.parse(collectedAt) < 60_000]).toEqual(['x', true]);
  expect(parts.proxies).toEqual({ unreadable: 'nothing was found' });
  expect(parts.accountTokens).toEqual({ value: [] });
  expect(parts.istiods).toEqual({ unreadable: 'HTTP-Code: 403' });
  expect(Object.values(parts).filter((part) => 'unreadable' in part)).toHaveLength(9);
});
