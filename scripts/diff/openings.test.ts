import { expect, it } from 'vitest';
import { FILE } from './file-items.ts';
import { openings } from './openings.ts';

type Value = Record<string, unknown>;

/** What opens between two states of an object: `field from to`. */
function between(kind: string, before: Value | undefined, after: Value | undefined): string[] {
  const ref = { apiVersion: '', kind, name: 'x' };
  const [old, now] = [before, after].map((value) => value && { ref, value: value as never });
  const change = { ref, fields: [], ...(old ? { before: old } : {}), ...(now ? { after: now } : {}) };
  const found = openings({ kind: old && now ? 'changed' : old ? 'removed' : 'added', ...change });
  return found.map((message) => message.replace(/^.*: `(.*)` goes from (.*) to (.*)$/, '$1 $2 $3'));
}

const mtls = (mode?: string, port?: string) => ({
  spec: { ...(mode ? { mtls: { mode } } : {}), ...(port ? { portLevelMtls: { 80: { mode: port } } } : {}) },
});
const tls = (mode?: string, ...ports: (string | undefined)[]) => ({
  spec: {
    trafficPolicy: {
      ...(mode ? { tls: { mode } } : {}),
      portLevelSettings: ports.map((own) => ({ port: { number: 80 }, ...(own ? { tls: { mode: own } } : {}) })),
    },
  },
});
const subset = (mode?: string) => ({
  spec: { ...tls('ISTIO_MUTUAL').spec, subsets: [{ name: 'a', trafficPolicy: mode ? { tls: { mode } } : {} }] },
});
const egress = (policy?: Value) => ({ spec: policy ? { outboundTrafficPolicy: policy } : {} });
const mesh = (config: Value) => ({ istiod: { meshConfig: config } });
const outbound = (mode: string) => mesh({ outboundTrafficPolicy: { mode } });
const namespace = (labels: Value) => ({ metadata: { labels } });
const pod = (part: string, inject?: string, other = {}): Value => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'x' },
  spec: { template: { metadata: { [part]: inject ? { 'sidecar.istio.io/inject': inject } : {}, ...other } } },
});
const onNode = (hostNetwork?: boolean): Value => {
  const template = { metadata: { labels: { 'sidecar.istio.io/inject': 'true' } }, spec: { hostNetwork } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { template } };
};
const annotated = { annotations: { 'sidecar.istio.io/inject': 'true' } };
const slashes = (normalization: string) => mesh({ pathNormalization: { normalization } });

it.each<[string, Value | undefined, Value | undefined, string]>([
  ['PeerAuthentication', mtls('STRICT'), mtls('STRICT', 'DISABLE'), 'spec.portLevelMtls.80.mode STRICT DISABLE'],
  [
    'PeerAuthentication',
    mtls('PERMISSIVE', 'STRICT'),
    mtls('PERMISSIVE'),
    'spec.portLevelMtls.80.mode STRICT PERMISSIVE',
  ],
  ['PeerAuthentication', undefined, mtls('DISABLE'), 'spec.mtls.mode not set DISABLE'],
  ['DestinationRule', tls('ISTIO_MUTUAL'), tls(), 'spec.trafficPolicy.tls.mode ISTIO_MUTUAL not set'],
  ['DestinationRule', tls('ISTIO_MUTUAL'), { spec: {} }, 'spec.trafficPolicy.tls.mode ISTIO_MUTUAL not set'],
  ['DestinationRule', undefined, tls('DISABLE'), 'spec.trafficPolicy.tls.mode not set DISABLE'],
  ['DestinationRule', subset(), subset('DISABLE'), 'spec.subsets[a].trafficPolicy.tls.mode ISTIO_MUTUAL DISABLE'],
  [
    'DestinationRule',
    tls('ISTIO_MUTUAL'),
    tls('ISTIO_MUTUAL', undefined),
    'spec.trafficPolicy.portLevelSettings[80].tls.mode ISTIO_MUTUAL not set',
  ],
  ['Sidecar', egress({ mode: 'REGISTRY_ONLY' }), egress(), 'spec.outboundTrafficPolicy.mode REGISTRY_ONLY not set'],
  ['Sidecar', undefined, egress({ mode: 'ALLOW_ANY' }), 'spec.outboundTrafficPolicy.mode not set ALLOW_ANY'],
  [
    FILE,
    outbound('REGISTRY_ONLY'),
    outbound('ALLOW_ANY'),
    'istiod.meshConfig.outboundTrafficPolicy.mode REGISTRY_ONLY ALLOW_ANY',
  ],
  [FILE, outbound('REGISTRY_ONLY'), mesh({}), 'istiod.meshConfig.outboundTrafficPolicy.mode REGISTRY_ONLY not set'],
  [FILE, undefined, mesh({ enableAutoMtls: false }), 'istiod.meshConfig.enableAutoMtls not set false'],
  [
    FILE,
    slashes('DECODE_AND_MERGE_SLASHES'),
    slashes('NONE'),
    'istiod.meshConfig.pathNormalization.normalization DECODE_AND_MERGE_SLASHES NONE',
  ],
  ['Namespace', namespace({ 'istio.io/rev': 'a' }), namespace({}), 'metadata.labels.istio-injection enabled not set'],
  ...['labels', 'annotations'].map((part): [string, Value, Value, string] => [
    'Deployment',
    pod(part),
    pod(part, 'false'),
    `spec.template.metadata.${part}["sidecar.istio.io/inject"] not set false`,
  ]),
  [
    'Deployment',
    pod('labels', undefined, annotated),
    pod('labels', 'false', annotated),
    'spec.template.metadata.labels["sidecar.istio.io/inject"] true false',
  ],
  [
    'Deployment',
    undefined,
    pod('labels', 'false'),
    'spec.template.metadata.labels["sidecar.istio.io/inject"] not set false',
  ],
  ['Deployment', onNode(false), onNode(true), 'spec.template.spec.hostNetwork false true'],
  ['Deployment', undefined, onNode(true), 'spec.template.spec.hostNetwork not set true'],
])('%s: %j to %j opens', (kind, before, after, found) => {
  expect(between(kind, before, after)).toEqual([found]);
  // The way back closes.
  if (before) expect(between(kind, after, before)).toEqual([]);
});

it.each<[string, Value | undefined, Value | undefined]>([
  ['PeerAuthentication', undefined, mtls('STRICT', 'STRICT')],
  ['PeerAuthentication', mtls('STRICT'), mtls('STRICT', 'UNSET')],
  ['DestinationRule', undefined, tls('ISTIO_MUTUAL')],
  ['DestinationRule', tls('ISTIO_MUTUAL'), subset()],
  ['Sidecar', egress({ mode: 'REGISTRY_ONLY' }), egress({})],
  ['Sidecar', undefined, egress()],
  ['Deployment', undefined, pod('labels')],
  ['Deployment', pod('labels'), pod('labels', 'true')],
  // What is neither true nor false is passed over, and the label goes before the annotation.
  ['Deployment', pod('annotations'), pod('annotations', 'no')],
  ['Deployment', pod('labels', 'true'), pod('annotations', 'false', { labels: { 'sidecar.istio.io/inject': 'true' } })],
  ['Deployment', pod('labels', 'false'), undefined],
  ['Deployment', onNode(true), undefined],
  ['Deployment', onNode(), onNode(false)],
  [FILE, { replicas: 1 }, { replicas: 2 }],
  [FILE, undefined, outbound('REGISTRY_ONLY')],
])('%s: %j to %j opens nothing', (kind, before, after) => {
  expect(between(kind, before, after)).toEqual([]);
});
