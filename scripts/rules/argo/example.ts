const URL = 'https://example.com/repository';

const FILES = {
  'overlays/demo/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [config-map.yaml]\n',
  'overlays/demo/config-map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: demo }\n',
};

/** A repository whose root Application applies the folder argocd/all. */
export function argoTree(files: Readonly<Record<string, string>>): Record<string, string> {
  const root = application('root', { project: 'default', path: 'argocd/all' });
  const inside = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name.includes('/') ? name : `argocd/all/${name}`, text]),
  );
  return { ...FILES, 'argocd/root.yaml': root, 'argocd/all/project.yaml': PROJECT, ...inside };
}

/** The definition of a kind that an object of another Application may be of. */
export const WIDGET_KIND = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`;

export const PROJECT = `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: demo, namespace: argocd }
spec:
  sourceRepos: [${URL}]
  destinations: [{ server: https://kubernetes.default.svc, namespace: demo }]
`;

interface Fields {
  project?: string;
  path?: string;
  wave?: number;
  url?: string;
  destination?: string;
  options?: string;
  prune?: boolean;
}

export function application(name: string, fields: Fields = {}): string {
  const { project = 'demo', path = 'overlays/demo', wave, url = URL, options, prune = false } = fields;
  const { destination = '{ server: https://kubernetes.default.svc, namespace: demo }' } = fields;
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
${wave === undefined ? '' : `  annotations: { argocd.argoproj.io/sync-wave: "${wave}" }\n`}spec:
  project: ${project}
  source: { repoURL: ${url}, targetRevision: main, path: ${path} }
  destination: ${destination}
${options === undefined ? '' : `  syncPolicy: { syncOptions: [${options}] }\n`}${prune ? '  syncPolicy: { automated: { prune: true } }\n' : ''}`;
}

interface SetFields {
  head?: string;
  elements?: string;
  generators?: string;
  name?: string;
  project?: string;
}

/** An ApplicationSet with nothing to report, but for what is given. */
export function applicationSet(fields: SetFields = {}): string {
  const { head = '  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n', elements = '[{ name: web }]' } =
    fields;
  const { generators = `    - list: { elements: ${elements} }\n`, name = '{{.name}}', project = 'demo' } = fields;
  return `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: demo, namespace: argocd }
spec:
${head}  generators:
${generators}  template:
    metadata: { name: "${name}" }
    spec:
      project: "${project}"
      source: { repoURL: ${URL}, targetRevision: main, path: overlays/demo }
      destination: { server: https://kubernetes.default.svc, namespace: demo }
`;
}
