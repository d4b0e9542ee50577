import { planGeneration } from '../../generate/plan.ts';
import { loadRecords } from '../../records/load-records.ts';
import { remembered } from '../../system/remembered.ts';
import { treeOf } from '../../system/source-tree.ts';

/** A record that is right, for examples. */
export const RECORD = `name: demo
overlay: small
ring: first
region: eu-west-1
network: demo
host: demo.example.com
storage:
  class: block
  sharedClass: file
`;

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';

/** What the patches of a cluster act on, reduced to the fields that they touch. */
const SMALL_OVERLAY: Record<string, string> = {
  'argocd/rings.yaml': 'rings:\n  - name: first\n    revision: main\n',
  'overlays/small/kustomization.yaml': `${HEAD}resources: [namespace.yaml, gateway.yaml, virtual-service.yaml, persistent-volume-claim.yaml, stateful-set.yaml]\n`,
  'overlays/small/namespace.yaml':
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ai-spm\n  labels: { istio-injection: enabled }\n',
  'overlays/small/gateway.yaml': `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: ai-spm-gateway, namespace: ai-spm }
spec:
  selector: { istio: ingressgateway }
  servers:
    - { port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: tls }, hosts: [small.example.com] }
    - { port: { number: 80, name: http, protocol: HTTP }, tls: { httpsRedirect: true }, hosts: [small.example.com] }
`,
  'overlays/small/virtual-service.yaml': `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: api-gateway, namespace: ai-spm }
spec:
  hosts: [small.example.com]
  gateways: [ai-spm-gateway]
  http: [{ route: [{ destination: { host: api-gateway } }] }]
`,
  'overlays/small/persistent-volume-claim.yaml': `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: ai-spm }
spec:
  accessModes: [ReadWriteMany]
  resources: { requests: { storage: 10Gi } }
`,
  'overlays/small/stateful-set.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: database, namespace: ai-spm }
spec:
  selector: { matchLabels: { app: database } }
  serviceName: database
  template: { metadata: { labels: { app: database } }, spec: { containers: [{ name: postgres, image: "postgres:15.18" }] } }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Gi } } } }]
`,
};

/**
 * A small repository with one record and all that is generated from it (nothing, where the record is not right). Most examples have the
 * same record, and every start of a command that knows the rules makes them.
 */
export const recordTree = remembered((record: string): Readonly<Record<string, string>> => {
  const files = { ...SMALL_OVERLAY, 'clusters/demo/cluster.yaml': record };
  const tree = treeOf(files);
  return { ...files, ...Object.fromEntries(planGeneration(tree, loadRecords(tree)).writes) };
}, 10);
