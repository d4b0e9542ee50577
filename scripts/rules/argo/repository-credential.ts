import { placedObjects } from '../../argo/placed.ts';
import { secretTemplate } from '../../argo/registration.ts';
import { quoted, recordOf } from '../../resources/fields.ts';
import { layersOf } from '../../sources/repository.ts';
import type { CodeInfo, SourceContext, SourceProblem, SourceRule } from '../rule.ts';
import { application, argoTree } from './example.ts';

const sealed = (data: string) =>
  argoTree({
    'other.yaml': application('other'),
    'repository.yaml': `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: repository, namespace: argocd }
spec:
  encryptedData: { sshPrivateKey: AgBy }
  template:
    metadata: { labels: { argocd.argoproj.io/secret-type: repository } }
    data: { type: git, url: "ssh://git@example.com/repository", ${data} }
`,
  });

const visible: CodeInfo = {
  code: 'ARGO032',
  slug: 'repository-credential-visible',
  severity: 'error',
  title: 'what Argo CD reads a repository with stands in git',
  why: 'Whoever can read this repository, or once could, reads the other with the rights of Argo CD, and writes it where the credential may. Git forgets nothing: deleting it later does not help.',
  fix: 'Seal the value under `encryptedData`, name it as `{{ .password }}` in the template of an ExternalSecret, or have none (`useAzureWorkloadIdentity`); then replace the credential, since it has been public.',
  bad: sealed('password: abc'),
  good: sealed('sshPrivateKey: "{{ .sshPrivateKey }}"'),
};

/** Types of Secrets that hold credentials of repositories (Argo CD, common/common.go), and their fields (util/db/repository_secrets.go). */
const TYPES = new Set(['repository', 'repo-creds', 'repository-write', 'repo-write-creds', 'scm-creds']);
const SECRETS = [
  'azureServicePrincipalClientSecret',
  'bearerToken',
  'gcpServiceAccountKey',
  'githubAppPrivateKey',
  'password',
  'sshPrivateKey',
  'tlsClientCertKey',
];
const WITH_PASSWORD = /^[a-z+]+:\/\/[^/@\s]*:[^/@\s]+@/;

/** In every file, rendered or not: the folder that installs Argo CD reads from outside, so nobody renders it here. */
export const repositoryCredentialRule: SourceRule = {
  codes: [visible],
  *check(context: SourceContext): Generator<SourceProblem> {
    const files = context.repository.files.filter(({ text }) => text.includes('argocd.argoproj.io/secret-type'));
    for (const file of files) {
      for (const { value, placeOf } of file.documents.length > 0 ? placedObjects(file) : []) {
        const isPlain = value.kind === 'Secret';
        const template = isPlain ? { at: [], value } : secretTemplate(value);
        if (!template || (isPlain && isRendered(file.path, context))) continue;
        const labels = recordOf(recordOf(template.value['metadata'])['labels']);
        if (!TYPES.has(String(labels['argocd.argoproj.io/secret-type']))) continue;
        for (const field of ['data', 'stringData']) {
          const found = visibleIn(recordOf(template.value[field]));
          if (found.length === 0) continue;
          const message = `\`${value.metadata.name}\` holds ${quoted(found)} in the clear`;
          yield { code: visible, source: placeOf([...template.at, field, ...found.slice(0, 1)]), message };
        }
      }
    }
  },
};

function visibleIn(data: Record<string, unknown>): string[] {
  const isClear = (value: unknown) => typeof value === 'string' && value !== '' && !value.includes('{{');
  return Object.entries(data).flatMap(([key, value]) =>
    isClear(value) && (SECRETS.includes(key) || (key === 'url' && WITH_PASSWORD.test(String(value)))) ? [key] : [],
  );
}

/** SEC001 says it of what is rendered. */
function isRendered(path: string, { repository, objectsOf }: SourceContext): boolean {
  return repository.targets.some(
    ({ layer }) => objectsOf(layer.folder) && layersOf(layer).some(({ reads }) => reads.includes(path)),
  );
}
