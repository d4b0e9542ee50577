import type { SourceTree } from '../system/source-tree.ts';
import type { SealingKeyFacts } from './facts/facts.ts';
import { hangingOn } from './kinds/sealing-key.ts';
import { sealedForArgoCd } from './sealed-files.ts';

export interface KeyUse extends SealingKeyFacts {
  /** Files that only this key opens, as `revision:path`. A file that does not name its certificate may hang on any key. */
  files: string[];
  /** What a person may run who knows that no other revision is to come back: the key is gone for good then. Absent while it is needed. */
  remove?: string[];
}

/**
 * What hangs on each key of the controller of one cluster: what it opens now, and what it will open when a ring moves or is moved back.
 * The newest key is always needed, as the controller seals with it.
 * @param keys newest first
 * @param revisions files of everything that a cluster may be told to run: of each ring, and of the branch
 * @param kubectl with the options that lead to the cluster
 * @param hasArgoCd whether Argo CD runs there: what it reaches clusters and repositories with is sealed to the same keys
 */
export function keyUse(
  keys: readonly SealingKeyFacts[],
  revisions: readonly { revision: string; tree: SourceTree }[],
  cluster: string,
  kubectl: string,
  hasArgoCd = false,
): KeyUse[] {
  const files = revisions.flatMap(({ revision, tree }) => {
    const ofArgoCd = hasArgoCd ? sealedForArgoCd(tree) : [];
    const more = ofArgoCd.map(({ file, sealed }) => ({ path: file, certificate: sealed.certificate }));
    return [...hangingOn(tree, cluster), ...more].map(({ path, ...one }) => ({ name: `${revision}:${path}`, ...one }));
  });
  return keys.map((key, index) => {
    const own = files.filter(({ certificate }) => certificate === undefined || certificate === key.fingerprint);
    const isFree = own.length === 0 && index > 0 && revisions.length > 0;
    return { ...key, files: own.map(({ name }) => name), ...(isFree ? { remove: removal(kubectl, key.name) } : {}) };
  });
}

/** The controller keeps its keys in memory until it starts anew. */
function removal(kubectl: string, secret: string): string[] {
  const inNamespace = `${kubectl} --namespace sealed-secrets`;
  return [
    `${inNamespace} delete secret ${secret}`,
    `${inNamespace} rollout restart deployment/sealed-secrets-controller`,
  ];
}
