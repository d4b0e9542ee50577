import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { dangersOf } from './dangers.ts';
import { itemComparer, itemReader, shareChanges } from './object-changes.ts';

type Spec = Record<string, unknown>;

function object(apiVersion: string, kind: string, fields: Spec = {}): string {
  return stringify({ apiVersion, kind, metadata: { name: 'x' }, ...fields });
}

/** Kinds and messages of what is dangerous in going from one object to another; empty text is no object. */
function dangers(before: string, after: string): string[] {
  const read = itemReader();
  const changes = itemComparer()(read(before), read(after));
  return dangersOf(shareChanges(new Map([['clusters/a', changes]]))).map(({ kind, message }) => `${kind}: ${message}`);
}

function between(apiVersion: string, kind: string, before: Spec, after: Spec): string[] {
  return dangers(object(apiVersion, kind, before), object(apiVersion, kind, after));
}

const claim = (storage: string, storageClassName = 'a') => ({
  spec: { storageClassName, resources: { requests: { storage } } },
});
const strict = { spec: { mtls: { mode: 'STRICT' } } };
const labels = (level?: string) => ({
  metadata: { name: 'x', labels: level ? { 'pod-security.kubernetes.io/enforce': level } : {} },
});

describe('dangersOf', () => {
  it.each([
    ['v1', 'Namespace', 'data: Namespace x is removed'],
    ['v1', 'PersistentVolumeClaim', 'data: PersistentVolumeClaim x is removed'],
    ['apps/v1', 'StatefulSet', 'outage: StatefulSet x is removed'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'data: CustomResourceDefinition x is removed'],
    ['argoproj.io/v1alpha1', 'ApplicationSet', 'outage: ApplicationSet x is removed'],
    ['security.istio.io/v1', 'PeerAuthentication', 'opens: PeerAuthentication x is removed'],
    ['security.istio.io/v1', 'AuthorizationPolicy', 'opens: AuthorizationPolicy x is removed'],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'opens: NetworkPolicy x is removed'],
  ])('tells of a removed %s %s', (apiVersion, kind, message) => {
    expect(dangers(object(apiVersion, kind), '')).toEqual([expect.stringContaining(message)]);
    expect(dangers('', object(apiVersion, kind))).toEqual([]);
  });

  it('lets go what only allowed something', () => {
    const allowing = object('security.istio.io/v1', 'AuthorizationPolicy', { spec: { rules: [{}] } });
    expect(dangers(allowing, '')).toEqual([]);
    expect(dangers(object('v1', 'ConfigMap'), '')).toEqual([]);
  });

  it('tells of a claim that shrinks or changes its class, not of one that grows', () => {
    expect(between('v1', 'PersistentVolumeClaim', claim('100Gi'), claim('99Gi'))).toEqual([
      expect.stringContaining('shrinks from 100Gi to 99Gi'),
    ]);
    expect(between('v1', 'PersistentVolumeClaim', claim('1Gi'), claim('1024Mi'))).toEqual([]);
    expect(between('v1', 'PersistentVolumeClaim', claim('1Gi'), claim('2Gi'))).toEqual([]);
    expect(between('v1', 'PersistentVolumeClaim', claim('1Gi'), claim('1Gi', 'b'))).toEqual([
      expect.stringContaining('`spec.storageClassName` can never change'),
    ]);
  });

  it('tells of fields that can never change, and of no neighbour', () => {
    const set = (spec: Spec) => ({ spec: { serviceName: 'a', replicas: 1, template: { a: 1 }, ...spec } });
    expect(between('apps/v1', 'StatefulSet', set({}), set({ replicas: 2, template: { a: 2 } }))).toEqual([]);
    expect(between('apps/v1', 'StatefulSet', set({}), set({ serviceName: 'b' }))).toEqual([
      expect.stringContaining('refused'),
    ]);
    const selector = (app: string) => ({ spec: { selector: { matchLabels: { app } } } });
    expect(between('apps/v1', 'Deployment', selector('a'), selector('b'))).toEqual([
      expect.stringContaining('spec.selector.matchLabels.app'),
    ]);
    expect(between('v1', 'Service', selector('a'), selector('b'))).toEqual([]);
    const sealed = (value: string, immutable: boolean) => ({ data: { a: value }, immutable });
    expect(between('v1', 'ConfigMap', sealed('1', true), sealed('2', true))).toEqual([
      expect.stringContaining('`data.a`'),
    ]);
    expect(between('v1', 'ConfigMap', sealed('1', false), sealed('2', false))).toEqual([]);
  });

  it('tells of what opens, not of what closes', () => {
    const mode = (value: string) => ({ spec: { mtls: { mode: value } } });
    const API = 'security.istio.io/v1';
    for (const open of [mode('PERMISSIVE'), mode('DISABLE'), { spec: {} }, { spec: { mtls: {} } }])
      expect(between(API, 'PeerAuthentication', strict, open)).toEqual([
        expect.stringMatching(/^opens: .* goes from /),
      ]);
    expect(between(API, 'PeerAuthentication', mode('PERMISSIVE'), strict)).toEqual([]);
    const port = (value: string) => ({ spec: { ...strict.spec, portLevelMtls: { 8080: { mode: value } } } });
    expect(between(API, 'PeerAuthentication', port('STRICT'), port('DISABLE'))).toHaveLength(1);
    expect(between(API, 'AuthorizationPolicy', { spec: {} }, { spec: { rules: [{}] } })).toEqual([
      expect.stringContaining('denied everything'),
    ]);
    expect(between('v1', 'Namespace', labels('restricted'), labels('privileged'))).toHaveLength(1);
    expect(between('v1', 'Namespace', labels('restricted'), labels())).toHaveLength(1);
    expect(between('v1', 'Namespace', labels('baseline'), labels('restricted'))).toEqual([]);
    const egress = (value: string) => ({ spec: { outboundTrafficPolicy: { mode: value } } });
    expect(between('networking.istio.io/v1', 'Sidecar', egress('REGISTRY_ONLY'), egress('ALLOW_ANY'))).toHaveLength(1);
  });

  it('tells of a namespace that leaves the mesh, not of one that goes to another istiod', () => {
    const injected = { metadata: { name: 'x', labels: { 'istio-injection': 'enabled' } } };
    const moved = { metadata: { name: 'x', labels: { 'istio.io/rev': 'canary' } } };
    expect(between('v1', 'Namespace', injected, labels())).toEqual([
      expect.stringContaining('`metadata.labels.istio-injection` goes from enabled to not set'),
    ]);
    expect(between('v1', 'Namespace', injected, moved)).toEqual([]);
  });
});
