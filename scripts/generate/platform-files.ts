import type { ClusterRecord } from '../records/cluster-record.ts';
import { ARGOCD_MANAGER } from '../rotate/account-token.ts';
import { EXTERNAL_SECRETS } from '../rotate/from-vault.ts';
import type { Surroundings } from './cluster-files.ts';
import { from } from './scalar.ts';

/** Namespaces of the platform that hold secrets. */
const NAMESPACES = ['istio-ingress', 'istio-system'];

/** What must be in the cluster before its mesh starts: the namespaces, and the sealed secrets in them. */
export function platformFiles(record: ClusterRecord, { sealed }: Surroundings): Record<string, string> {
  const folder = `clusters/${record.name}/platform`;
  const namespaces = NAMESPACES.map((name) => [`namespace-${name}.yaml`, namespace(name, record)] as const);
  const hasToken = sealed.platform.some((file) => file.startsWith(`${ARGOCD_MANAGER.stem}-`));
  const resources = [
    // The account that the token is of.
    ...(hasToken ? ['../../../argocd/access'] : []),
    ...namespaces.map(([file]) => file),
    ...sealed.platform,
  ];
  const kustomization = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${resources.map((name) => `  - ${name}\n`).join('')}${components(record)}`;
  const files = [...namespaces, ['kustomization.yaml', kustomization] as const];
  return Object.fromEntries(files.map(([name, body]) => [`${folder}/${name}`, body]));
}

function components({ components = [] }: ClusterRecord): string {
  const place = components.indexOf(EXTERNAL_SECRETS);
  const field = `components.${place}`;
  return place < 0 ? '' : `components:\n  - ${from('../../../overlays/components/external-secrets-platform', field)}\n`;
}

/** Never deleted by Argo CD: with it would go everything that is in it. */
function namespace(name: string, { network }: ClusterRecord): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
  annotations:
    argocd.argoproj.io/sync-options: Delete=false,Prune=false
  labels:
    topology.istio.io/network: ${from(network, 'network')}
`;
}
