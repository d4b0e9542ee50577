import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHECKOUT } from './checkout.ts';
import { adminOf } from './cluster.ts';
import type { Kubectl } from './kubectl.ts';
import type { LabCluster } from './layout.ts';
import { progress } from './progress.ts';

/** Installs Argo CD in the first cluster as the README says, and registers all clusters. */
export async function installArgoCd(clusters: readonly LabCluster[]): Promise<void> {
  const kubectl = managementOf(clusters);
  await kubectl(['apply', '--server-side', '--force-conflicts', '--kustomize', join(CHECKOUT, 'argocd/install')]);
  for (const cluster of clusters) {
    if (!(await isFromGit(kubectl, cluster))) await apply(kubectl, registration(cluster, cluster === clusters[0]));
  }
}

/** A rotation has put the registration into git since. */
async function isFromGit(kubectl: Kubectl, { name }: LabCluster): Promise<boolean> {
  const owners = 'jsonpath={.metadata.ownerReferences[*].kind}';
  const args = ['get', 'secret', `cluster-${name}`, '--namespace', 'argocd', '--ignore-not-found', '--output', owners];
  return (await kubectl(args)).includes('SealedSecret');
}

/** Gives Argo CD the repository. */
export async function bootstrap(clusters: readonly LabCluster[]): Promise<void> {
  const kubectl = managementOf(clusters);
  // An Application that comes before its server waits minutes for the next try.
  await kubectl(['rollout', 'status', '--namespace', 'argocd', 'deployment/argocd-repo-server', '--timeout=180s']);
  const files = ['argocd/projects/root.yaml', 'argocd/root.yaml'].flatMap((file) => [
    '--filename',
    join(CHECKOUT, file),
  ]);
  await kubectl(['apply', ...files]);
  progress('Argo CD is bootstrapped');
}

function managementOf([management]: readonly LabCluster[]): Kubectl {
  if (!management) throw new Error('a lab has at least one cluster');
  return adminOf(management);
}

/**
 * A cluster as Argo CD knows it: by the name of its record. The one that it runs in has the address that Argo CD's own applications have:
 * under a second one it would be watched twice.
 */
function registration(cluster: LabCluster, isManagement: boolean): object {
  const config = parse(readFileSync(join(cluster.state, 'pki/admin.kubeconfig'), 'utf8'));
  const caData = readFileSync(join(cluster.state, 'pki/ca.crt')).toString('base64');
  const access = { bearerToken: config.users[0].user.token, tlsClientConfig: { caData } };
  return secret(
    'argocd',
    `cluster-${cluster.name}`,
    {
      name: cluster.name,
      server: isManagement ? 'https://kubernetes.default.svc' : `https://${cluster.nodeAddress}:6443`,
      config: JSON.stringify(access),
    },
    { 'argocd.argoproj.io/secret-type': 'cluster' },
  );
}

function secret(namespace: string, name: string, stringData: Record<string, string>, labels: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels }, stringData };
}

/** By standard input: a secret stands in no argument and no file. */
async function apply(kubectl: Kubectl, object: object): Promise<void> {
  await kubectl(['apply', '--server-side', '--force-conflicts', '--filename', '-'], { stdin: JSON.stringify(object) });
}
