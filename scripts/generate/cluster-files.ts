import { type ClusterRecord, FEDERATION_OVERLAY } from '../records/cluster-record.ts';
import type { InUse } from '../rotate/rotation-file.ts';
import { type Consumer, consumerPatches } from './consumers.ts';
import { withHeader } from './generated-file.ts';
import type { HeldRecord } from './held-records.ts';
import { CHART_VALUES, canaryPatches, canaryValues } from './istio-canary.ts';
import { platformFiles } from './platform-files.ts';
import { from, scalar } from './scalar.ts';

/** What the files of one cluster are made from, beside its record. */
export interface Surroundings {
  /** Git revision that the ring of the cluster follows. */
  revision: string;
  /** The record at that revision, where the ring is held at a commit. */
  delivered?: HeldRecord | undefined;
  /** Image names of base/kustomization.yaml. */
  images: readonly string[];
  /** Region of the cluster that takes over, for a member of a federation. */
  failoverRegion?: string;
  /** File names of the sealed secrets in secrets/ and platform/ of the cluster. */
  sealed: { secrets: readonly string[]; platform: readonly string[] };
  /** Workloads of base that read secrets, and the Secrets that they read in this cluster. */
  consumers: readonly Consumer[];
  inUse: InUse;
}

/** Path -> text of every file that follows from a record: same record, same bytes. */
export function clusterFiles(record: ClusterRecord, around: Surroundings): Map<string, string> {
  const folder = `clusters/${record.name}`;
  const bodies = {
    [`${folder}/cluster-info.yaml`]: clusterInfo(record),
    [`${folder}/kustomization.yaml`]: kustomization(record, around),
    ...platformFiles(record, around),
    [`argocd/clusters/${record.name}.yaml`]: argoRow(record, around),
    ...(record.istioCanary ? { [`${folder}/${CHART_VALUES}`]: canaryValues(record.istioCanary) } : {}),
    ...(isMember(record) ? { [`${folder}/database-virtual-service.yaml`]: databaseVirtualService() } : {}),
  };
  return new Map(Object.entries(bodies).map(([path, body]) => [path, withHeader(`${folder}/cluster.yaml`, body)]));
}

function isMember({ overlay }: { overlay: string }): boolean {
  return overlay === FEDERATION_OVERLAY;
}

function clusterInfo(record: ClusterRecord): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: cluster-info
  namespace: ai-spm
data:
  name: ${from(record.name, 'name')}
  network: ${from(record.network, 'network')}
  region: ${from(record.region, 'region')}
  ring: ${from(record.ring, 'ring')}
`;
}

/** Optional Applications of argocd/cluster that the cluster has: none by that name has the label `none`. */
function optionsOf(record: HeldRecord): string {
  return [...(isMember(record) ? [FEDERATION_OVERLAY] : []), ...(record.platform ?? [])].join(',') || 'none';
}

/** The values that the ApplicationSets read (git file generator), flat and complete. */
function argoRow(record: ClusterRecord, { revision, delivered = record }: Surroundings): string {
  return `name: ${from(record.name, 'name')}
network: ${from(delivered.network, 'network')}
options: ${from(optionsOf(delivered), delivered.platform ? 'platform' : 'overlay')}
overlay: ${from(delivered.overlay, 'overlay')}
path: ${from(`clusters/${record.name}`, 'name')}
region: ${from(delivered.region, 'region')}
revision: ${from(revision, 'ring')}
ring: ${from(record.ring, 'ring')}
`;
}

/** Endpoints of the database in other clusters hold other data: connections stay in the cluster. */
function databaseVirtualService(): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: database
  namespace: ai-spm
spec:
  hosts:
    - database.ai-spm.svc.cluster.local
  tcp:
    - route:
        - destination:
            host: database.ai-spm.svc.cluster.local
            subset: cluster-local
`;
}

interface Operation {
  op: 'add' | 'replace';
  path: string;
  value: string | number;
  from: string;
}

function kustomization(record: ClusterRecord, around: Surroundings): string {
  const resources = [
    from(`../../overlays/${record.overlay}`, 'overlay'),
    'cluster-info.yaml',
    ...(isMember(record) ? ['database-virtual-service.yaml'] : []),
    ...around.sealed.secrets.map((name) => `secrets/${name}`),
  ];
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${resources.map((line) => `  - ${line}\n`).join('')}${components(record)}${images(record, around)}patches:
${patches(record, around).join('')}`;
}

function components({ components: names = [], platform = [] }: ClusterRecord): string {
  const line = (name: string, field: string) => `  - ${from(`../../overlays/components/${name}`, field)}\n`;
  // An optional part of the platform has a component for the workloads.
  const lines = [
    ...platform.map((name, index) => line(name, `platform.${index}`)),
    ...names.map((name, index) => line(name, `components.${index}`)),
  ];
  return lines.length > 0 ? `components:\n${lines.join('')}` : '';
}

function images({ imageRegistry }: ClusterRecord, around: Surroundings): string {
  if (!imageRegistry) return '';
  const entries = around.images.map((name) => {
    const path = name.slice(name.indexOf('/') + 1);
    return `  - name: ${scalar(name)}\n    newName: ${from(`${imageRegistry}/${path}`, 'imageRegistry')}\n`;
  });
  return `images:\n${entries.join('')}`;
}

function patches(record: ClusterRecord, { failoverRegion, consumers, inUse }: Surroundings): string[] {
  const { storage, autoscaling = {} } = record;
  const sizes = Object.entries(storage.claimSizes ?? {});
  const host = { op: 'replace', value: record.host, from: 'host' } as const;
  return [
    patch('Namespace', 'ai-spm', [
      { op: 'add', path: '/metadata/labels/ai-spm.io~1ring', value: record.ring, from: 'ring' },
    ]),
    patch('Gateway', 'ai-spm-gateway', [
      { ...host, value: `./${record.host}`, path: '/spec/servers/0/hosts/0' },
      { ...host, value: `./${record.host}`, path: '/spec/servers/1/hosts/0' },
    ]),
    patch('VirtualService', 'api-gateway', [{ ...host, path: '/spec/hosts/0' }]),
    patch('PersistentVolumeClaim', undefined, [
      { op: 'add', path: '/spec/storageClassName', value: storage.sharedClass, from: 'storage.sharedClass' },
    ]),
    ...sizes.map(([claim, size]) =>
      patch('PersistentVolumeClaim', claim, [
        { op: 'replace', path: '/spec/resources/requests/storage', value: size, from: `storage.claimSizes.${claim}` },
      ]),
    ),
    patch('StatefulSet', 'database', [
      {
        op: 'add',
        path: '/spec/volumeClaimTemplates/0/spec/storageClassName',
        value: storage.class,
        from: 'storage.class',
      },
      ...(storage.databaseSize
        ? [
            {
              op: 'replace',
              path: '/spec/volumeClaimTemplates/0/spec/resources/requests/storage',
              value: storage.databaseSize,
              from: 'storage.databaseSize',
            } as const,
          ]
        : []),
    ]),
    ...Object.entries(autoscaling).map(([workload, { min, max }]) =>
      patch('HorizontalPodAutoscaler', workload, [
        { op: 'replace', path: '/spec/minReplicas', value: min, from: `autoscaling.${workload}.min` },
        { op: 'replace', path: '/spec/maxReplicas', value: max, from: `autoscaling.${workload}.max` },
      ]),
    ),
    ...(isMember(record) ? [clusterLocalDatabase(record)] : []),
    ...(failoverRegion ? [regionFailover(record, failoverRegion)] : []),
    ...consumerPatches(consumers, inUse),
    ...canaryPatches(record.istioCanary ?? []),
  ];
}

function patch(kind: string, name: string | undefined, operations: readonly Operation[]): string {
  const target = `      kind: ${kind}\n${name ? `      name: ${scalar(name)}\n` : ''}`;
  const lines = operations.map(
    ({ op, path, value, from: field }) =>
      `      - op: ${op}\n        path: ${path}\n        value: ${from(value, field)}\n`,
  );
  return `  - target:\n${target}    patch: |-\n${lines.join('')}`;
}

/** Istio gives every endpoint the label topology.istio.io/cluster with the name of its cluster. */
function clusterLocalDatabase(record: ClusterRecord): string {
  return `  - target:
      kind: DestinationRule
      name: database
    patch: |-
      - op: add
        path: /spec/subsets
        value:
          - name: cluster-local
            labels:
              topology.istio.io/cluster: ${from(record.name, 'name')}
`;
}

/** Only the rules that the federation overlay marks: what is called across clusters. */
function regionFailover(record: ClusterRecord, failoverRegion: string): string {
  return `  - target:
      kind: DestinationRule
      labelSelector: ai-spm.io/failover=region
    patch: |-
      - op: add
        path: /spec/trafficPolicy/loadBalancer/localityLbSetting/failover
        value:
          - from: ${from(record.region, 'region')}
            to: ${from(failoverRegion, 'failover')}
`;
}
