import type { SourceTree } from '../system/source-tree.ts';

/** A service account of a cluster, as which others reach it with a lasting token. */
export interface TokenAccount {
  namespace: string;
  name: string;
  /** What its token Secrets are called, before their number. */
  stem: string;
}

/** Of the chart of Istio's kinds: as which the istiod of another cluster reads this one. */
export const READER: TokenAccount = {
  namespace: 'istio-system',
  name: 'istio-reader-service-account',
  stem: 'istio-reader-token',
};
/** As `argocd cluster add` names it. */
export const ARGOCD_MANAGER: TokenAccount = {
  namespace: 'kube-system',
  name: 'argocd-manager',
  stem: 'argocd-manager-token',
};
export const ACCOUNTS: readonly TokenAccount[] = [READER, ARGOCD_MANAGER];

export function tokenPath(cluster: string, token: string): string {
  return `clusters/${cluster}/platform/${token}.yaml`;
}

/**
 * A Secret that the cluster fills with a token of the account, and empty in git. The token is refused from the moment that it is deleted
 * (Kubernetes pkg/serviceaccount/legacy.go looks for the Secret at each request).
 */
export function tokenSecret({ namespace, name }: TokenAccount, token: string): string {
  return `# Written by \`npm run rotate\`. The cluster fills it with a token, which is refused once this Secret is gone.
apiVersion: v1
kind: Secret
metadata:
  name: ${token}
  namespace: ${namespace}
  annotations:
    kubernetes.io/service-account.name: ${name}
type: kubernetes.io/service-account-token
`;
}

/** Names of the token Secrets of an account that git has for a cluster, oldest first. */
export function tokensOf(tree: SourceTree, cluster: string, { stem }: TokenAccount): string[] {
  const number = (name: string) => Number(name.slice(stem.length + 1));
  return tree
    .list(`clusters/${cluster}/platform`)
    .map((path) => path.slice(path.lastIndexOf('/') + 1, -'.yaml'.length))
    .filter((name) => name.startsWith(`${stem}-`) && /^\d+$/.test(name.slice(stem.length + 1)))
    .sort((a, b) => number(a) - number(b));
}
