import type { ClusterRecord } from '../records/cluster-record.ts';
import { changeOpen, sealedSecretIn, sealSecret } from '../secrets/sealed-secret.ts';
import type { SealingCertificate } from '../secrets/sealing-certificate.ts';
import type { SourceTree } from '../system/source-tree.ts';

/** Where the cluster is registered with Argo CD, sealed for the cluster that Argo CD runs in. */
export const REGISTRATIONS = 'argocd/registrations';
/** Certificate that the controller of the cluster that Argo CD runs in seals with. */
export const MANAGEMENT_CERTIFICATE = `${REGISTRATIONS}/sealing.crt`;

export function registrationPath(cluster: string): string {
  return `${REGISTRATIONS}/${cluster}.yaml`;
}

/** Annotation of a SealedSecret: the Secret whose token it carries. The token itself is sealed. */
export const TOKEN_NOTE = 'ai-spm.io/token';

/** The Secret of type `cluster` by which Argo CD knows a cluster (Argo CD docs/operator-manual/declarative-setup.md). */
export function registration(
  record: ClusterRecord,
  { secret, token, authority }: { secret: string; token: string; authority: string },
  certificate: SealingCertificate,
): string {
  const caData = Buffer.from(authority).toString('base64');
  const config = `{"bearerToken": "{{ .token }}", "tlsClientConfig": {"caData": "${caData}"}}\n`;
  const notes = {
    [TOKEN_NOTE]: secret,
    // The kind comes with its controller.
    'argocd.argoproj.io/sync-options': 'SkipDryRunOnMissingResource=true',
  };
  const values = { namespace: 'argocd', name: `cluster-${record.name}`, notes, labels: labelsOf(record) };
  const open = { ...openOf(record), config };
  return sealSecret({ ...values, open, data: { token: Buffer.from(token) } }, certificate);
}

/**
 * A registration that a rotation has made, with what the record says now; the token in it stays as it is.
 * @returns `undefined` where there is none, or somebody has written it by hand
 */
export function currentRegistration(tree: SourceTree, record: ClusterRecord): string | undefined {
  const text = tree.read(registrationPath(record.name));
  if (text === undefined || !isRotated(text)) return undefined;
  return changeOpen(text, openOf(record), labelsOf(record));
}

/** Whether a rotation has made it: one written by hand, for the identity of a workload, holds nothing to rotate. */
export function isRotated(text: string): boolean {
  return text.includes(`${TOKEN_NOTE}:`) && sealedSecretIn(text)?.notes?.[TOKEN_NOTE] !== undefined;
}

function openOf({ name, apiServer }: ClusterRecord): Record<string, string> {
  return { name, ...(apiServer ? { server: apiServer } : {}) };
}

/** What generators of ApplicationSets may select by. */
function labelsOf({ network, overlay, region, ring }: ClusterRecord): Record<string, string> {
  const facts = { network, overlay, region, ring };
  const labels = Object.entries(facts).map(([fact, value]) => [`ai-spm.io/${fact}`, value]);
  return { 'argocd.argoproj.io/secret-type': 'cluster', ...Object.fromEntries(labels) };
}
