import { readSealingCertificate, type SealingCertificate } from '../secrets/sealing-certificate.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { ACCOUNTS, tokensOf } from './account-token.ts';
import { readRotationFile } from './rotation-file.ts';

/** Where a Secret of namespace `ai-spm` is kept, sealed. */
export function secretPath(cluster: string, secret: string): string {
  return `clusters/${cluster}/secrets/${secret}.yaml`;
}

/** Where a Secret that the platform reads is kept, sealed. */
export function platformPath(cluster: string, secret: string): string {
  return `clusters/${cluster}/platform/${secret}.yaml`;
}

/**
 * Text of a file that a step starts from.
 * @throws UserError where it is not there
 */
export function readNeeded(tree: SourceTree, path: string): string {
  const text = tree.read(path);
  if (text !== undefined) return text;
  throw new UserError(`${path} is not there`, {
    why: 'a rotation replaces a secret that is in use',
    fix: 'give the cluster its first secrets: npm run rotate -- init CLUSTER --context CONTEXT',
  });
}

/** @throws UserError where the cluster has none yet, or it cannot be sealed to */
export function sealingCertificateOf(tree: SourceTree, cluster: string, now: Date): SealingCertificate {
  const path = `clusters/${cluster}/sealing.crt`;
  return readSealingCertificate(path, readNeeded(tree, path), now);
}

/** The next version of a Secret: the old and the new value exist side by side, and the greater number is the newer. */
export function nextName(tree: SourceTree, cluster: string, stem: string): string {
  return `${stem}-${highestVersion(tree, cluster) + 1}`;
}

/** The greatest number that a Secret of the cluster has, or had before it was taken back. */
export function highestVersion(tree: SourceTree, cluster: string): number {
  const { highest = 1 } = readRotationFile(tree, cluster);
  const files = tree.list(`clusters/${cluster}/secrets`).filter((path) => path.endsWith('.yaml'));
  const names = files.map((path) => path.slice(0, -'.yaml'.length));
  const tokens = ACCOUNTS.flatMap((account) => tokensOf(tree, cluster, account));
  return Math.max(highest, ...[...names, ...tokens].map(versionOf));
}

/** The first Secret has no number. */
export function versionOf(secret: string): number {
  return Number(/-(\d+)$/.exec(secret)?.[1] ?? 1);
}
