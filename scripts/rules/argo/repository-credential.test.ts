import { describe, expect, it } from 'vitest';
import { checkRepository } from '../../check/check-repository.ts';
import { noCache } from '../../render/render-cache.ts';
import { openSourceTree } from '../../system/source-tree.ts';
import { realKustomize } from '../../testing/kustomize.ts';
import { temporaryTree } from '../../testing/temp-repository.ts';
import { application, argoTree } from './example.ts';

const INSTALL = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [repository.yaml, "https://example.com/argo-cd/v3.5.7/install.yaml"]
`;

/** What is found of an object in the folder that installs Argo CD. */
async function found(object: string): Promise<string[]> {
  const tree = {
    ...argoTree({ 'argo-cd.yaml': application('argo-cd', { path: 'argocd/install' }) }),
    'argocd/install/kustomization.yaml': INSTALL,
    'argocd/install/repository.yaml': object,
  };
  const { findings } = await checkRepository(openSourceTree(temporaryTree(tree)), await realKustomize(), {
    cache: noCache,
  });
  return findings
    .filter(({ code }) => code === 'ARGO032')
    .map(({ source, message }) => `${source.file}:${source.line} ${message}`);
}

const secret = (data: string, type = 'repository') =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: git, labels: { argocd.argoproj.io/secret-type: ${type} } }\nstringData: { ${data} }\n`;
const external = (data: string) => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: git, namespace: argocd }
spec:
  target:
    template:
      metadata: { labels: { argocd.argoproj.io/secret-type: repo-creds } }
      data: { ${data} }
`;

describe('credentials of repositories', () => {
  it.each([
    [secret('password: abc'), '4 `git` holds `password` in the clear'],
    [secret('sshPrivateKey: abc, bearerToken: abc', 'repo-creds'), '4 `git` holds `sshPrivateKey` and `bearerToken`'],
    [secret('url: "https://me:abc@example.com/x"'), '4 `git` holds `url`'],
    [external('password: abc'), '8 `git` holds `password`'],
  ])('are seen where nothing is rendered: %#', async (object, message) => {
    expect(await found(object)).toEqual([expect.stringContaining(`argocd/install/repository.yaml:${message}`)]);
  });

  it.each([
    secret('url: "https://example.com/x", type: git, username: me'),
    secret('password: abc', 'cluster'),
    external('password: "{{ .password }}", url: "https://example.com/x"'),
  ])('are not seen where there are none: %#', async (object) => {
    expect(await found(object)).toEqual([]);
  });
});
