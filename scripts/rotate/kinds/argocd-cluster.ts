import { readSealingCertificate } from '../../secrets/sealing-certificate.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { ARGOCD_MANAGER } from '../account-token.ts';
import { apiServerOf } from '../api-server.ts';
import { readNeeded } from '../cluster-files.ts';
import { tokenIsUnused } from '../gates/account-tokens.ts';
import { withoutResource, withResource } from '../kustomization-entry.ts';
import { isRotated, MANAGEMENT_CERTIFICATE, REGISTRATIONS, registration, registrationPath } from '../registration.ts';
import type { FileChanges, StepContext } from '../rotation.ts';
import { type LiveToken, tokenTurns } from './token-turns.ts';

const KUSTOMIZATION = `${REGISTRATIONS}/kustomization.yaml`;
const ROOT = 'argocd/kustomization.yaml';
const FOLDER = 'registrations';

/**
 * What Argo CD reaches a cluster with. It is sealed for the cluster that Argo CD runs in, which has no record and is not looked at: that the
 * cluster itself was reached with the new token says that Argo CD has it, since nobody else has.
 */
export const argocdCluster = tokenTurns({
  name: 'argocd-cluster',
  summary: 'what Argo CD reaches a cluster with',
  begin: `commit what the cluster of Argo CD seals with: kubeseal --fetch-cert --context MANAGEMENT --controller-namespace sealed-secrets --controller-name sealed-secrets-controller > ${MANAGEMENT_CERTIFICATE}`,
  account: ARGOCD_MANAGER,
  users: 'the controllers of Argo CD',
  whenDeleted:
    'Argo CD is locked out too, until the next token is brought to the cluster by hand, as the first one was',
  holders,
  demand: ({ tree, cluster }) => void apiServerOf(tree, cluster),
  publish,
  withdraw,
  beforeOldGoes: [],
  beforeNewGoes: [tokenIsUnused(ARGOCD_MANAGER)],
});

function holders(tree: SourceTree, cluster: string): string[] {
  const path = registrationPath(cluster);
  const text = tree.read(path);
  if (tree.kind(MANAGEMENT_CERTIFICATE) !== 'file') return [];
  return text === undefined || isRotated(text) ? [path] : [];
}

function publish({ tree, cluster, now }: StepContext, token: LiveToken): FileChanges {
  apiServerOf(tree, cluster);
  const certificate = readSealingCertificate(MANAGEMENT_CERTIFICATE, readNeeded(tree, MANAGEMENT_CERTIFICATE), now);
  return new Map([
    [registrationPath(cluster.name), registration(cluster, token, certificate)],
    [KUSTOMIZATION, withResource(tree.read(KUSTOMIZATION), `${cluster.name}.yaml`)],
    [ROOT, withResource(readNeeded(tree, ROOT), FOLDER)],
  ]);
}

function withdraw({ tree, cluster }: StepContext): FileChanges {
  return withoutRegistration(tree, cluster.name);
}

/** Takes the registration of a cluster out of git. Argo CD keeps what it has: nothing that holds a fleet is pruned. */
export function withoutRegistration(tree: SourceTree, cluster: string): FileChanges {
  if (tree.read(registrationPath(cluster)) === undefined) return new Map();
  const left = withoutResource(tree.read(KUSTOMIZATION), `${cluster}.yaml`);
  return new Map<string, string | undefined>([
    [registrationPath(cluster), undefined],
    [KUSTOMIZATION, left],
    ...(left === undefined ? [[ROOT, withoutResource(readNeeded(tree, ROOT), FOLDER)] as const] : []),
  ]);
}
