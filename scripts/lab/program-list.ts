/** Programs that are built from Go modules, each module pinned by a go.mod of its own in lab/programs. */
export interface ProgramModule {
  /** Folder below lab/programs; its go.mod names the packages as tools. */
  folder: string;
  /** The main module of the packages, for its other files. */
  module: string;
  /** File name that Go gives (the last part of the package) and the one that is wanted, where they differ. */
  rename?: Readonly<Record<string, string>>;
  /** Variables that the project's own release build sets, by the full name of the variable. */
  variables?: Readonly<Record<string, string>>;
  /** Minutes that it takes with nothing cached, on two cores. */
  minutes: number;
}

export const ISTIO_VERSION = '1.31.0';
export const ARGO_CD_VERSION = 'v3.2.11';
const KUBERNETES_VERSION = 'v1.34.4';

export const PROGRAM_MODULES: readonly ProgramModule[] = [
  { folder: 'etcd', module: 'go.etcd.io/etcd/server/v3', rename: { server: 'etcd' }, minutes: 1 },
  {
    folder: 'kubernetes',
    module: 'k8s.io/kubernetes',
    // Otherwise the server says v0.0.0-master, and whoever compares versions goes wrong.
    variables: {
      'k8s.io/component-base/version.gitVersion': KUBERNETES_VERSION,
      'k8s.io/component-base/version.gitMajor': '1',
      'k8s.io/component-base/version.gitMinor': '34',
    },
    minutes: 6,
  },
  { folder: 'coredns', module: 'github.com/coredns/coredns', minutes: 2 },
  {
    folder: 'metallb',
    module: 'go.universe.tf/metallb',
    rename: { controller: 'metallb-controller', speaker: 'metallb-speaker' },
    minutes: 2,
  },
  {
    folder: 'istio',
    module: 'istio.io/istio',
    variables: {
      'istio.io/istio/pkg/version.buildVersion': ISTIO_VERSION,
      'istio.io/istio/pkg/version.buildTag': ISTIO_VERSION,
    },
    minutes: 5,
  },
  {
    folder: 'argo-cd',
    module: 'github.com/argoproj/argo-cd/v3',
    rename: { cmd: 'argocd' },
    variables: { 'github.com/argoproj/argo-cd/v3/common.version': ARGO_CD_VERSION.slice(1) },
    minutes: 4,
  },
  {
    folder: 'sealed-secrets',
    module: 'github.com/bitnami-labs/sealed-secrets',
    rename: { controller: 'sealed-secrets-controller' },
    minutes: 2,
  },
  { folder: 'helm', module: 'helm.sh/helm/v3', minutes: 2 },
  { folder: 'kustomize', module: 'sigs.k8s.io/kustomize/kustomize/v5', minutes: 1 },
];
