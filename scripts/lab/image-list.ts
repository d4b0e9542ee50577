import { join } from 'node:path';
import { LAB } from './layout.ts';
import { ARGO_CD_VERSION, ISTIO_VERSION } from './program-list.ts';

/** An image: the common base, files of its own, and how it is started. */
export interface LabImage {
  /** Upstream's name and tag, so that manifests run as they are. */
  name: string;
  /** Path in the image -> file or folder on this machine. */
  files: Readonly<Record<string, string>>;
  /** Path in the image -> what the symbolic link there points to. */
  links?: Readonly<Record<string, string>>;
  entrypoint: readonly string[];
  env?: Readonly<Record<string, string>>;
  user?: string;
  workdir?: string;
}

/** What images are made of. */
export interface ImageSources {
  program(name: string): string;
  istioModule: string;
  argoCdModule: string;
  /** The stand-in server, as JavaScript. */
  standIn: string;
}

/** The services that the stand-in plays, with their ports. */
const WORKLOADS: Readonly<Record<string, string>> = {
  'api-gateway': '5000',
  'ai-scanner': '8001',
  'data-integrity': '8002',
  'wiz-integration': '8003',
  'compliance-engine': '8004',
};
const ARGO_CD_COMMANDS = [
  'server',
  'repo-server',
  'cmp-server',
  'application-controller',
  'dex',
  'notifications',
  'applicationset-controller',
  'k8s-auth',
  'commit-server',
];

/** Every image of the lab. What is set follows the Dockerfiles of the projects. */
export function labImages({ program, istioModule, argoCdModule, standIn }: ImageSources): LabImage[] {
  const bin = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [`/usr/local/bin/${name}`, program(name)]));
  return [
    { name: 'localhost/lab/pause:1', files: {}, entrypoint: ['/usr/bin/tini', '--', 'sleep', 'infinity'] },
    {
      name: 'registry.k8s.io/coredns/coredns:v1.13.1',
      files: bin('coredns'),
      entrypoint: ['/usr/local/bin/coredns'],
    },
    {
      name: 'quay.io/metallb/controller:v0.15.2',
      files: bin('metallb-controller'),
      entrypoint: ['/usr/local/bin/metallb-controller'],
    },
    {
      name: 'quay.io/metallb/speaker:v0.15.2',
      files: bin('metallb-speaker'),
      entrypoint: ['/usr/local/bin/metallb-speaker'],
    },
    {
      name: `docker.io/istio/pilot:${ISTIO_VERSION}`,
      files: bin('pilot-discovery'),
      entrypoint: ['/usr/local/bin/pilot-discovery'],
      user: '1337:1337',
    },
    {
      name: `docker.io/istio/proxyv2:${ISTIO_VERSION}`,
      files: {
        ...bin('pilot-agent', 'envoy'),
        '/var/lib/istio/envoy/envoy_bootstrap_tmpl.json': join(
          istioModule,
          'tools/packaging/common/envoy_bootstrap.json',
        ),
      },
      entrypoint: ['/usr/local/bin/pilot-agent'],
    },
    {
      name: `docker.io/istio/install-cni:${ISTIO_VERSION}`,
      files: { ...bin('install-cni'), '/opt/cni/bin/istio-cni': program('istio-cni') },
      entrypoint: ['/usr/local/bin/install-cni'],
      workdir: '/opt/cni/bin',
    },
    {
      name: `quay.io/argoproj/argocd:${ARGO_CD_VERSION}`,
      files: {
        ...bin('argocd', 'helm', 'kustomize'),
        '/usr/local/bin/entrypoint.sh': join(argoCdModule, 'entrypoint.sh'),
        '/usr/local/bin/gpg-wrapper.sh': join(argoCdModule, 'hack/gpg-wrapper.sh'),
        '/usr/local/bin/git-verify-wrapper.sh': join(argoCdModule, 'hack/git-verify-wrapper.sh'),
      },
      links: Object.fromEntries(ARGO_CD_COMMANDS.map((name) => [`/usr/local/bin/argocd-${name}`, 'argocd'])),
      entrypoint: ['/usr/bin/tini', '--'],
      env: { USER: 'argocd', HOME: '/home/lab' },
      user: '999',
      workdir: '/home/lab',
    },
    {
      // For the probes of `npm run verify`.
      name: 'docker.io/curlimages/curl:8.17.0',
      files: {},
      entrypoint: ['/usr/bin/curl'],
      user: '10001',
    },
    {
      name: 'public.ecr.aws/docker/library/redis:8.2.2-alpine',
      files: {},
      entrypoint: ['/usr/bin/redis-server'],
      user: '999',
    },
    {
      name: 'docker.io/bitnami/sealed-secrets-controller:0.36.6',
      files: { '/usr/local/bin/controller': program('sealed-secrets-controller') },
      entrypoint: ['/usr/local/bin/controller'],
      user: '1001',
    },
    {
      name: 'docker.io/library/postgres:15.18',
      files: { '/usr/local/bin/postgres.sh': join(LAB, 'images/postgres.sh') },
      entrypoint: ['/usr/local/bin/postgres.sh'],
      env: { PATH: '/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin' },
      user: '999',
    },
    ...Object.entries(WORKLOADS).map(([workload, port]) => ({
      name: `ghcr.io/ai-spm/${workload}:1.0.0`,
      files: { '/app/server.js': standIn },
      entrypoint: ['/usr/bin/node', '/app/server.js'],
      env: { WORKLOAD: workload, PORT: port },
      user: '10001',
    })),
  ];
}
