import { cpSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RenderCache } from '../render/render-cache.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { checkRepository } from './check-repository.ts';

const ROOT = resolve(__dirname, '..', '..');
const SOURCES = ['base', 'overlays', 'clusters', 'argocd', 'schemas'];

/** Shared by all cases: a case renders anew only what its change reaches. */
const texts = new Map<string, string>();
const cache: RenderCache = { read: (key) => texts.get(key), write: (key, text) => texts.set(key, text) };

interface Breakage {
  /** What somebody did. */
  what: string;
  file: string;
  /** Text that is replaced (all of it must be there), and by what; without it `put` becomes the whole file, or the file goes. */
  find?: string;
  put?: string;
  code: string;
  /** File of the finding, where it is not the one that was changed. */
  at?: string;
  /** Text that the line of the finding must hold. */
  line: string;
}

const SCANNER = 'base/ai-scanner';

const BREAKAGES: Breakage[] = [
  // Sources
  {
    what: 'a tab',
    file: `${SCANNER}/service.yaml`,
    find: '  name: ai-scanner',
    put: '\tname: ai-scanner',
    code: 'SRC001',
    line: '\tname',
  },
  {
    what: 'a key twice in a resource',
    file: `${SCANNER}/service.yaml`,
    find: 'spec:',
    put: 'kind: Service\nspec:',
    code: 'SRC002',
    line: 'kind: Service',
  },
  {
    what: 'a key twice in a patch',
    file: 'overlays/prod/deployment-ai-scanner.yaml',
    find: 'kind: Deployment',
    put: 'kind: Deployment\nkind: Deployment',
    code: 'SRC002',
    line: 'kind',
  },
  {
    what: 'resources twice in a kustomization',
    file: 'overlays/prod/kustomization.yaml',
    find: 'patches:',
    put: 'resources: []\npatches:',
    code: 'SRC002',
    line: 'resources: []',
  },
  {
    what: 'a bare yes',
    file: `${SCANNER}/deployment.yaml`,
    find: 'enableServiceLinks: false',
    put: 'enableServiceLinks: no',
    code: 'SRC004',
    line: 'no',
  },
  {
    what: 'an unknown kustomization field',
    file: 'overlays/dev/kustomization.yaml',
    find: 'patches:',
    put: 'pathces:',
    code: 'SRC005',
    line: 'pathces',
  },
  {
    what: 'commonLabels',
    file: 'overlays/dev/kustomization.yaml',
    find: 'patches:',
    put: 'commonLabels: {a: b}\npatches:',
    code: 'SRC006',
    line: 'commonLabels',
  },
  {
    what: 'a tag that is a number',
    file: 'base/kustomization.yaml',
    find: 'newTag: "15.18"',
    put: 'newTag: 15.18',
    code: 'SRC007',
    line: '15.18',
  },
  {
    what: 'a deleted resource',
    file: `${SCANNER}/sidecar.yaml`,
    code: 'SRC008',
    at: `${SCANNER}/kustomization.yaml`,
    line: 'sidecar.yaml',
  },
  {
    what: 'a remote base',
    file: 'overlays/dev/kustomization.yaml',
    find: '  - ../../base',
    put: '  - ../../base\n  - github.com/example/app//base?ref=main',
    code: 'SRC009',
    line: 'github.com',
  },
  {
    what: 'a path out of the repository',
    file: 'overlays/dev/kustomization.yaml',
    find: '  - ../../base',
    put: '  - ../../base\n  - ../../../etc',
    code: 'SRC010',
    line: '../../../etc',
  },
  {
    what: 'a policy that nobody lists',
    file: `${SCANNER}/kustomization.yaml`,
    find: '  - authorization-policy.yaml\n',
    put: '',
    code: 'SRC012',
    at: `${SCANNER}/authorization-policy.yaml`,
    line: 'apiVersion',
  },
  {
    what: 'a patch that says what the base says',
    file: 'overlays/prod/telemetry.yaml',
    find: 'value: 1\n',
    put: 'value: 10\n',
    code: 'SRC013',
    at: 'overlays/prod/kustomization.yaml',
    line: 'telemetry.yaml',
  },
  {
    what: 'a patch for a workload with another name',
    file: 'overlays/prod/kustomization.yaml',
    find: 'name: api-gateway',
    put: 'name: api-gatewy',
    code: 'SRC014',
    line: 'virtual-service.yaml',
  },
  {
    what: 'an overlay that renders nothing',
    file: 'overlays/dev/kustomization.yaml',
    put: 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n',
    code: 'SRC016',
    line: 'apiVersion',
  },
  {
    what: 'a JSON patch whose test fails',
    file: 'overlays/dev/gateway.yaml',
    find: 'value: [./ai-spm.invalid]',
    put: 'value: [./other.invalid]',
    code: 'SRC020',
    line: 'other.invalid',
  },
  {
    what: 'a misspelt operation',
    file: 'overlays/dev/gateway.yaml',
    find: 'op: replace',
    put: 'op: repalce',
    code: 'SRC020',
    line: 'op: repalce',
  },
  {
    what: 'a resource that is listed twice',
    file: `${SCANNER}/kustomization.yaml`,
    find: '  - sidecar.yaml',
    put: '  - sidecar.yaml\n  - sidecar.yaml',
    code: 'SRC007',
    line: 'sidecar.yaml',
  },
  {
    what: 'an image entry with a misspelt name',
    file: 'base/kustomization.yaml',
    find: 'name: ghcr.io/ai-spm/ai-scanner',
    put: 'name: ghcr.io/ai-spm/ai-scaner',
    code: 'SRC021',
    line: 'ai-scaner',
  },
  {
    what: 'a second kustomization in a folder',
    file: `${SCANNER}/Kustomization`,
    put: 'resources: []\n',
    code: 'SRC019',
    at: `${SCANNER}/kustomization.yaml`,
    line: 'apiVersion',
  },
  // Records
  {
    what: 'an unknown field in a record',
    file: 'clusters/prod-eu/cluster.yaml',
    find: 'region:',
    put: 'regoin:',
    code: 'GEN001',
    line: 'regoin',
  },
  {
    what: 'an illegal host in a record',
    file: 'clusters/prod-eu/cluster.yaml',
    find: 'ai-spm.eu.example.com',
    put: 'AI_SPM',
    code: 'GEN001',
    line: 'AI_SPM',
  },
  {
    what: 'two clusters on one network',
    file: 'clusters/prod-eu/cluster.yaml',
    find: 'network-eu',
    put: 'network-us',
    code: 'GEN002',
    line: 'network-us',
  },
  {
    what: 'a record changed and nothing generated',
    file: 'clusters/prod-eu/cluster.yaml',
    find: 'eu-west-1',
    put: 'eu-west-3',
    code: 'GEN003',
    at: 'clusters/prod-eu/cluster-info.yaml',
    line: 'region: eu-west-1',
  },
  {
    what: 'a generated file edited by hand',
    file: 'clusters/prod-eu/kustomization.yaml',
    find: 'gp3-encrypted',
    put: 'gp2',
    code: 'GEN004',
    line: '# Generated',
  },
  {
    what: 'a record deleted and its files left',
    file: 'clusters/dev-eu/cluster.yaml',
    code: 'GEN005',
    at: 'clusters/dev-eu/kustomization.yaml',
    line: '# Generated',
  },
  {
    what: 'a record that names a volume nobody has',
    file: 'clusters/prod-us/cluster.yaml',
    find: '    ai-scanner: 200Gi',
    put: '    ai-scaner: 200Gi',
    code: 'GEN003',
    at: 'clusters/prod-us/kustomization.yaml',
    line: 'name: ai-scanner',
  },
  {
    what: 'a cluster made by hand',
    file: 'clusters/hand-made.yaml',
    put: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n',
    code: 'SRC012',
    line: 'apiVersion',
  },
  {
    what: 'a row for Argo CD written by hand',
    file: 'argocd/clusters/hand-made.yaml',
    put: 'name: hand-made\npath: clusters/prod-eu\n',
    code: 'GEN006',
    line: 'name: hand-made',
  },
  // Declared access
  {
    what: 'the declared access deleted',
    file: 'base/access.yaml',
    code: 'ACC001',
    at: 'base/kustomization.yaml',
    line: '',
  },
  {
    what: 'an edge to a workload that does not exist',
    file: 'base/access.yaml',
    find: 'to: ai-scanner',
    put: 'to: ai-scaner',
    code: 'ACC002',
    line: 'ai-scaner',
  },
  {
    what: 'an edge to a wrong port',
    file: 'base/access.yaml',
    find: 'port: 8001',
    put: 'port: 8009',
    code: 'ACC003',
    line: '8009',
  },
  {
    what: 'an edge that is there twice',
    file: 'base/access.yaml',
    find: 'edges:\n',
    put: 'edges:\n  - { from: ai-scanner, to: database, port: 5432 }\n',
    code: 'ACC001',
    line: 'from: ai-scanner',
  },
  {
    what: 'a path that is declared and not granted',
    file: 'base/access.yaml',
    find: 'paths: ["/integrate"]',
    put: 'paths: ["/integrate", "/status"]',
    code: 'ACC005',
    line: '"/status"',
  },
  {
    what: 'a principal misspelt: the edge is not granted',
    file: `${SCANNER}/authorization-policy.yaml`,
    find: 'sa/api-gateway',
    put: 'sa/api-gatway',
    code: 'ACC005',
    at: 'base/access.yaml',
    line: 'from: api-gateway',
  },
  {
    what: 'a principal misspelt: the grant is not declared',
    file: `${SCANNER}/authorization-policy.yaml`,
    find: 'sa/api-gateway',
    put: 'sa/api-gatway',
    code: 'ACC006',
    line: 'sa/api-gatway',
  },
  {
    what: 'a method that is granted and not declared',
    file: `${SCANNER}/authorization-policy.yaml`,
    find: 'methods: [GET, POST]',
    put: 'methods: [GET, POST, DELETE]',
    code: 'ACC006',
    line: 'DELETE',
  },
  {
    what: 'a rule for everyone',
    file: 'base/database/authorization-policy.yaml',
    find: '  rules:\n',
    put: '  rules:\n    - to: [{ operation: { ports: ["5432"] } }]\n',
    code: 'ACC006',
    line: 'ports: ["5432"]',
  },
  // Rendered objects
  {
    what: 'an unknown kind',
    file: `${SCANNER}/sidecar.yaml`,
    find: 'kind: Sidecar',
    put: 'kind: SideCar',
    code: 'K8S001',
    line: 'SideCar',
  },
  {
    what: 'a misspelt field',
    file: `${SCANNER}/destination-rule.yaml`,
    find: 'connectionPool:',
    put: 'conectionPool:',
    code: 'K8S002',
    line: 'conectionPool',
  },
  {
    what: 'a field at the wrong place',
    file: `${SCANNER}/destination-rule.yaml`,
    find: '  trafficPolicy:',
    put: '  portLevelSettings: []\n  trafficPolicy:',
    code: 'K8S002',
    line: 'portLevelSettings',
  },
  {
    what: 'text where a number belongs',
    file: `${SCANNER}/deployment.yaml`,
    find: 'containerPort: 8001',
    put: 'containerPort: "8001"',
    code: 'K8S003',
    line: '"8001"',
  },
  {
    what: 'a mode that does not exist',
    file: 'base/mesh/peer-authentication.yaml',
    find: 'mode: STRICT',
    put: 'mode: STRCT',
    code: 'K8S004',
    line: 'STRCT',
  },
  {
    what: 'a bad value in an overlay patch',
    file: 'overlays/prod/deployment-ai-scanner.yaml',
    find: 'resources:',
    put: 'resourcez:',
    code: 'K8S002',
    line: 'resourcez',
  },
  {
    what: 'a required field missing',
    file: `${SCANNER}/virtual-service.yaml`,
    find: '            host: ai-scanner.ai-spm.svc.cluster.local\n            port',
    put: '            port',
    code: 'K8S005',
    line: 'destination',
  },
  {
    what: 'a selector that its template does not match',
    file: `${SCANNER}/deployment.yaml`,
    find: '        ai-spm.io/track: stable\n        #',
    put: '        ai-spm.io/track: other\n        #',
    code: 'K8S011',
    line: '',
  },
  {
    what: 'a Service that selects nothing',
    file: `${SCANNER}/service.yaml`,
    find: '    app.kubernetes.io/name: ai-scanner',
    put: '    app.kubernetes.io/name: scanner',
    code: 'K8S012',
    line: '',
  },
  {
    what: 'a claim that does not exist',
    file: `${SCANNER}/deployment.yaml`,
    find: 'claimName: ai-scanner',
    put: 'claimName: scanner',
    code: 'K8S014',
    line: 'claimName: scanner',
  },
  {
    what: 'a misspelt resource in an overlay patch',
    file: 'overlays/prod/deployment-ai-scanner.yaml',
    find: '              cpu: "2"',
    put: '              cpuu: "2"',
    code: 'K8S029',
    line: 'cpuu',
  },
  {
    what: 'replicas beside an autoscaler',
    file: `${SCANNER}/deployment.yaml`,
    find: '  strategy:',
    put: '  replicas: 2\n  strategy:',
    code: 'K8S015',
    line: 'replicas: 2',
  },
  {
    what: 'a container that may run as root',
    file: `${SCANNER}/deployment.yaml`,
    find: 'runAsNonRoot: true',
    put: 'runAsNonRoot: false',
    code: 'K8S021',
    line: '',
  },
  {
    what: 'an image without a version',
    file: 'base/kustomization.yaml',
    find: 'newTag: "15.18"',
    put: 'newTag: latest',
    code: 'K8S025',
    line: 'latest',
  },
  {
    what: 'a Secret in plain text',
    file: `${SCANNER}/service-account.yaml`,
    find: 'apiVersion: v1',
    put: 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: leak\nstringData:\n  password: x\n---\napiVersion: v1',
    code: 'SEC001',
    line: '',
  },
  // Argo CD
  {
    what: 'a misspelt field in the template',
    file: 'argocd/application-set.yaml',
    find: '          selfHeal: true',
    put: '          selfHael: true',
    code: 'K8S002',
    line: 'selfHael',
  },
  {
    what: 'a misspelt field of an Application',
    file: 'argocd/cluster/istiod.yaml',
    find: '      prune: true',
    put: '      prunes: true',
    code: 'K8S002',
    line: 'prunes',
  },
  {
    what: 'a template function used wrongly',
    file: 'argocd/application-set.yaml',
    find: 'name: "{{.name}}"\n      labels',
    put: 'name: "{{ trunc .name 5 }}"\n      labels',
    code: 'ARGO001',
    line: 'trunc .name',
  },
  {
    what: 'a misspelt parameter',
    file: 'argocd/application-set.yaml',
    find: 'targetRevision: "{{.revision}}"',
    put: 'targetRevision: "{{.revison}}"',
    code: 'ARGO002',
    line: 'revison',
  },
  {
    what: 'a pattern that matches nothing',
    file: 'argocd/application-set.yaml',
    find: 'path: argocd/clusters/*.yaml',
    put: 'path: argocd/cluster/*.yml',
    code: 'ARGO004',
    line: 'generators',
  },
  {
    what: 'names without the cluster',
    file: 'argocd/application-set.yaml',
    find: 'namePrefix: "{{.name}}-"',
    put: 'namePrefix: "x-"',
    code: 'ARGO005',
    at: 'argocd/cluster/ai-spm.yaml',
    line: 'name: ai-spm',
  },
  {
    what: 'a name that is none',
    file: 'argocd/application-set.yaml',
    find: 'name: "{{.name}}"\n      labels',
    put: 'name: "{{ upper .name }}"\n      labels',
    code: 'ARGO006',
    line: 'upper',
  },
  {
    what: 'a project that does not exist',
    file: 'argocd/cluster/istiod.yaml',
    find: 'project: platform',
    put: 'project: platfrom',
    code: 'ARGO007',
    line: 'platfrom',
  },
  {
    what: 'another repository',
    file: 'argocd/cluster/istiod.yaml',
    find: 'repoURL: https://github.com/ai-spm/ai-spm-mesh',
    put: 'repoURL: https://github.com/other/ai-spm-mesh',
    code: 'ARGO008',
    line: 'other/ai-spm-mesh',
  },
  {
    what: 'a namespace of another project',
    file: 'argocd/cluster/istiod.yaml',
    find: '    namespace: istio-system',
    put: '    namespace: ai-spm',
    code: 'ARGO009',
    line: 'namespace: ai-spm',
  },
  {
    what: 'a project that bars what the cluster renders',
    file: 'argocd/projects/workloads.yaml',
    find: 'kind: ConfigMap',
    put: 'kind: Secret',
    code: 'ARGO010',
    line: 'namespaceResourceWhitelist',
  },
  {
    what: 'the management cluster as destination',
    file: 'argocd/application-set.yaml',
    find: 'path: /spec/destination/name\n                  value: "{{.name}}"',
    put: 'path: /spec/destination/name\n                  value: in-cluster',
    code: 'ARGO009',
    line: 'in-cluster',
  },
  {
    what: 'a namespace whose istiod runs in no cluster',
    file: 'base/mesh/namespace.yaml',
    find: 'istio-injection: enabled',
    put: 'istio.io/rev: canary',
    code: 'ARGO030',
    line: 'istio.io/rev: canary',
  },
  {
    what: 'a deleted record',
    file: 'clusters/dev-eu/cluster.yaml',
    code: 'GEN005',
    at: 'argocd/clusters/dev-eu.yaml',
    line: 'Generated',
  },
  {
    what: 'a project without Namespace',
    file: 'argocd/projects/workloads.yaml',
    find: '  clusterResourceWhitelist:\n    - group: ""\n      kind: Namespace\n      name: ai-spm\n',
    put: '',
    code: 'ARGO010',
    line: 'spec:',
  },
  {
    what: 'a project for a namespace of another name',
    file: 'argocd/projects/workloads.yaml',
    find: '      name: ai-spm\n',
    put: '      name: ai-spm-two\n',
    code: 'ARGO010',
    line: 'clusterResourceWhitelist',
  },
  {
    what: 'a project of the platform without Service',
    file: 'argocd/projects/platform.yaml',
    find: '    - group: ""\n      kind: Service\n',
    put: '',
    code: 'ARGO010',
    line: 'namespaceResourceWhitelist',
  },
  {
    what: 'a path that does not exist',
    file: 'argocd/cluster/istiod.yaml',
    find: 'path: argocd/platform/istiod',
    put: 'path: argocd/platform/istoid',
    code: 'ARGO011',
    line: 'istoid',
  },
  {
    what: 'an Argo CD of no fixed version',
    file: 'argocd/install/kustomization.yaml',
    find: 'argo-cd/v3.5.7/',
    put: 'argo-cd/stable/',
    code: 'ARGO011',
    at: 'argocd/argo-cd.yaml',
    line: 'path: argocd/install',
  },
  {
    what: 'a cluster that nobody registers',
    file: 'argocd/application-set.yaml',
    find: 'path: /spec/destination/name\n                  value: "{{.name}}"',
    put: 'path: /spec/destination/name\n                  value: "{{.name}}x"',
    code: 'ARGO012',
    at: 'argocd/application-set.yaml',
    line: '{{.name}}x',
  },
  {
    what: 'a revision beside the ring',
    file: 'argocd/application-set.yaml',
    find: 'targetRevision: "{{.revision}}"',
    put: 'targetRevision: v1',
    code: 'ARGO013',
    line: 'v1',
  },
  {
    what: 'one ring for the Applications of all clusters',
    file: 'argocd/application-set.yaml',
    find: 'ai-spm.io/ring: "{{.ring}}"\n          patches',
    put: 'ai-spm.io/ring: dev\n          patches',
    code: 'ARGO013',
    at: 'argocd/cluster/ai-spm.yaml',
    line: '',
  },
  {
    what: 'one ring for what brings them',
    file: 'argocd/application-set.yaml',
    find: 'ai-spm.io/ring: "{{.ring}}"\n    spec',
    put: 'ai-spm.io/ring: dev\n    spec',
    code: 'ARGO013',
    line: 'ai-spm.io/ring: dev',
  },
  {
    what: 'gateways beside istiod',
    file: 'argocd/cluster/istio-eastwest.yaml',
    find: 'sync-wave: "3"',
    put: 'sync-wave: "2"',
    code: 'ARGO014',
    line: 'sync-wave',
  },
  {
    what: 'workloads before their kinds',
    file: 'argocd/cluster/ai-spm.yaml',
    find: 'sync-wave: "3"',
    put: 'sync-wave: "0"',
    code: 'ARGO014',
    line: 'sync-wave',
  },
  {
    what: 'a set that deletes',
    file: 'argocd/application-set.yaml',
    find: '    applicationsSync: create-update\n',
    put: '',
    code: 'ARGO015',
    line: 'syncPolicy',
  },
  {
    what: 'a set that deletes what is deployed',
    file: 'argocd/application-set.yaml',
    find: 'preserveResourcesOnDeletion: true',
    put: 'preserveResourcesOnDeletion: false',
    code: 'ARGO015',
    line: 'preserveResourcesOnDeletion',
  },
  {
    what: 'missing parameters let through',
    file: 'argocd/application-set.yaml',
    find: 'goTemplateOptions: [missingkey=error]',
    put: 'goTemplateOptions: [missingkey=zero]',
    code: 'ARGO016',
    line: 'missingkey=zero',
  },
  {
    what: 'a project from the row',
    file: 'argocd/application-set.yaml',
    find: 'project: argocd',
    put: 'project: "{{.name}}"',
    code: 'ARGO017',
    line: 'project',
  },
  {
    what: 'all rights for a chart that is applied by hand',
    file: 'argocd/by-hand.yaml',
    put: `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: by-hand, namespace: argocd }
spec:
  project: default
  source: { repoURL: https://github.com/ai-spm/ai-spm-mesh, targetRevision: main, path: argocd/platform/prometheus }
  destination: { name: prod-eu, namespace: istio-system }
`,
    code: 'ARGO018',
    line: 'project: default',
  },
  {
    what: 'all rights for a cluster',
    file: 'argocd/cluster/istiod.yaml',
    find: 'project: platform',
    put: 'project: default',
    code: 'ARGO018',
    line: 'default',
  },
  {
    what: 'a root that deletes',
    file: 'argocd/root.yaml',
    find: 'prune: false',
    put: 'prune: true',
    code: 'ARGO033',
    line: 'prune: true',
  },
  {
    what: 'an Argo CD that deletes parts of itself',
    file: 'argocd/argo-cd.yaml',
    find: 'prune: false',
    put: 'prune: true',
    code: 'ARGO033',
    line: 'prune: true',
  },
  {
    what: 'Applications of a cluster that go with their files',
    file: 'argocd/application-set.yaml',
    find: 'prune: false',
    put: 'prune: true',
    code: 'ARGO033',
    line: 'prune: true',
  },
  {
    what: 'a cluster left out',
    file: 'argocd/application-set.yaml',
    find: '          - path: argocd/clusters/*.yaml\n',
    put: '          - path: argocd/clusters/*.yaml\n          - { path: argocd/clusters/dev-eu.yaml, exclude: true }\n',
    code: 'ARGO019',
    at: 'clusters/dev-eu/cluster.yaml',
    line: 'name: dev-eu',
  },
];

/** As many at once as the message of a failure can list. */
const SIDE_BY_SIDE = 12;
/** What cannot be found, or not where it is, while the former is wrong: such breakages are made in copies of their own. */
const HIDES: [hiding: RegExp, hidden: RegExp][] = [
  [/^SRC/, /^(SRC|GEN|K8S|ACC|SEC|ARGO010|ARGO030)/],
  [/^GEN/, /^GEN/],
  [/^ACC00[123]/, /^ACC/],
  [/^(ARGO00|ARGO01[0-3]|K8S002|GEN)/, /^ARGO/],
  [/^ARGO030/, /^(K8S|ACC)/],
];

describe('each breakage of the real repository is found at its file and line', () => {
  it('and the repository itself has no error', async () => {
    const findings = await check(ROOT);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  for (const breakages of groups(BREAKAGES)) {
    describe('in one copy', () => {
      let checked: Awaited<ReturnType<typeof breakAndCheck>>;
      beforeAll(async () => {
        checked = await breakAndCheck(breakages);
      });

      it.each(breakages)('$what ($code)', ({ file, code, at = file, line }) => {
        const { findings, read } = checked;
        const found = findings.filter((finding) => finding.code === code && finding.source.file === at);
        const all = findings.map((finding) => `${finding.code} ${finding.source.file}:${finding.source.line}`);
        expect(found, `of ${all.join(', ')}`).not.toEqual([]);
        const lines = read(at).split('\n');
        expect(found.map(({ source }) => lines[source.line - 1]).join('\n')).toContain(line);
        expect(found[0]?.severity).toBe('error');
      });
    });
  }
});

function groups(breakages: readonly Breakage[]): Breakage[][] {
  const groups: Breakage[][] = [];
  for (const breakage of breakages) {
    const fits = groups.find(
      (group) => group.length < SIDE_BY_SIDE && group.every((other) => hidesNot(breakage, other)),
    );
    if (fits) fits.push(breakage);
    else groups.push([breakage]);
  }
  return groups;
}

function hidesNot(one: Breakage, other: Breakage): boolean {
  const files = [one.file, one.at, other.file, other.at].filter((file) => file !== undefined);
  const hides = (a: Breakage, b: Breakage) =>
    HIDES.some(([hiding, hidden]) => hiding.test(a.code) && hidden.test(b.code));
  return new Set(files).size === files.length && !hides(one, other) && !hides(other, one);
}

async function breakAndCheck(breakages: readonly Breakage[]) {
  const root = mkdtempSync(join(tmpdir(), 'ai-spm-mesh-broken-'));
  try {
    for (const folder of SOURCES) cpSync(join(ROOT, folder), join(root, folder), { recursive: true });
    for (const breakage of breakages) breakFile(root, breakage);
    const tree = openSourceTree(root);
    const { findings } = await checkRepository(tree, await realKustomize(), { cache });
    const texts = new Map(breakages.map(({ file, at = file }) => [at, readFileSync(join(root, at), 'utf8')]));
    return { findings, read: (path: string) => texts.get(path) ?? '' };
  } finally {
    rmSync(root, { recursive: true });
  }
}

function breakFile(root: string, { file, find, put }: Breakage): void {
  const path = join(root, file);
  if (find === undefined && put === undefined) {
    unlinkSync(path);
    return;
  }
  const text = find === undefined ? '' : readFileSync(path, 'utf8');
  if (find !== undefined) expect(text, 'the text that the case changes').toContain(find);
  writeFileSync(path, find === undefined ? (put ?? '') : text.replace(find, put ?? ''));
}

async function check(root: string) {
  return (await checkRepository(openSourceTree(root), await realKustomize(), { cache })).findings;
}
