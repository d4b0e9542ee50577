import { readSealedSecret, type SealedSecret, sealedSecretIn } from '../secrets/sealed-secret.ts';
import type { SourceTree } from '../system/source-tree.ts';

/** A SealedSecret of a cluster, and the file that it is in. */
export interface SealedFile {
  file: string;
  sealed: Readonly<SealedSecret>;
}

const KIND = /^kind: ["']?SealedSecret\b/m;

/**
 * Every SealedSecret that git has for a cluster. Other files beside them, such as an ExternalSecret, are left alone.
 * @throws UserError where a file is meant to be one and cannot be read: a step that leaves it out would lose what is in it
 */
export function sealedFiles(tree: SourceTree, cluster: string): SealedFile[] {
  return sealedIn(tree, [`clusters/${cluster}/secrets`, `clusters/${cluster}/platform`]);
}

/** Every SealedSecret for the cluster that Argo CD runs in: registrations of clusters, and credentials of repositories. */
export function sealedForArgoCd(tree: SourceTree): SealedFile[] {
  return sealedIn(tree, ['argocd/install', 'argocd/registrations']);
}

function sealedIn(tree: SourceTree, folders: readonly string[]): SealedFile[] {
  return folders
    .flatMap((folder) => tree.list(folder))
    .filter((file) => /\.ya?ml$/.test(file))
    .flatMap((file) => {
      const text = tree.read(file) ?? '';
      const sealed = sealedSecretIn(text) ?? (KIND.test(text) ? readSealedSecret(text, file) : undefined);
      return sealed ? [{ file, sealed }] : [];
    });
}
