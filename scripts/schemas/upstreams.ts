/** The published modules that the field schemas come from. To follow a new release, change the version here and run `npm run schemas`. */

export interface GoModule {
  module: string;
  version: string;
}

export interface CrdUpstream extends GoModule {
  /** Name of the file in `schemas/`, without `.json`. */
  name: string;
  /** A file, or a folder of files, with CustomResourceDefinitions. */
  path: string;
}

/** `api` is the module of the same release that holds the Go types: only it says which versions were removed, and when. */
export const KUBERNETES = {
  name: 'kubernetes',
  module: 'k8s.io/kubernetes',
  version: 'v1.34.4',
  openApi: 'api/openapi-spec/swagger.json',
  goOpenApi: 'pkg/generated/openapi/zz_generated.openapi.go',
  api: { module: 'k8s.io/api', version: 'v0.34.4' },
} as const;

export const CRD_UPSTREAMS: readonly CrdUpstream[] = [
  { name: 'istio', module: 'istio.io/api', version: 'v1.31.4', path: 'kubernetes/customresourcedefinitions.gen.yaml' },
  { name: 'argo-cd', module: 'github.com/argoproj/argo-cd/v3', version: 'v3.5.7', path: 'manifests/crds' },
  {
    name: 'sealed-secrets',
    module: 'github.com/bitnami-labs/sealed-secrets',
    version: 'v0.36.6',
    path: 'helm/sealed-secrets/crds',
  },
  {
    name: 'external-secrets',
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    path: 'config/crds/bases/external-secrets.io_externalsecrets.yaml',
  },
];

export const SCHEMA_NAMES: readonly string[] = [KUBERNETES.name, ...CRD_UPSTREAMS.map((upstream) => upstream.name)];
