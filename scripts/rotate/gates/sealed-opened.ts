import { readSealedSecret, type SealedSecret } from '../../secrets/sealed-secret.ts';
import { ciphertextDigest } from '../facts/ciphertext.ts';
import type { SealedFacts } from '../facts/facts.ts';
import type { Gate, GateContext } from '../rotation.ts';
import { inEach } from './collected.ts';

/** A SealedSecret in git, and the cluster that opens it. */
interface SealedFile {
  cluster: string;
  path: string;
}

/**
 * SealedSecrets are in their clusters in the very version that git has, and have been opened. That one of this name is synced does not say so:
 * it may be the version before.
 */
export function sealedOpened(what: string, filesOf: (context: GateContext) => readonly SealedFile[]): Gate {
  return {
    name: 'opened',
    reads: ['sealedSecrets'],
    wants: `the cluster has opened ${what}, in the version of git`,
    check: inEachFile(filesOf, (sealed, found) => {
      const name = `SealedSecret ${sealed.namespace}/${sealed.name}`;
      if (!found) return [`${name} is not there yet`];
      if (found.ciphertext !== ciphertextDigest(sealed)) return [`${name} is not the version of git`];
      return found.opened ? [] : [`${name} has not been opened`];
    }),
  };
}

/** Kubelets bring a changed Secret to pods that run: within a minute and a half by default, and two on a node that is busy. */
const MOUNT_MS = 120_000;

/**
 * Every pod that mounts one of these SealedSecrets has the version that was opened: nothing shows which one a program has loaded.
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod
 */
export function mounted(what: string, filesOf: (context: GateContext) => readonly SealedFile[]): Gate {
  return {
    name: 'mounted',
    reads: ['sealedSecrets'],
    wants: `two minutes have passed since the cluster has opened ${what}: every pod that mounts it has it`,
    check: inEachFile(filesOf, ({ namespace, name }, found, { now }) => {
      if (!found?.openedAt) return [`it is not known since when SealedSecret ${namespace}/${name} is open`];
      const end = new Date(new Date(found.openedAt).getTime() + MOUNT_MS);
      return end <= now ? [] : [`not before ${end.toISOString()}`];
    }),
  };
}

/** @param check reasons why what the cluster has of a file of git, if anything, is not enough */
function inEachFile(
  filesOf: (context: GateContext) => readonly SealedFile[],
  check: (sealed: SealedSecret, found: SealedFacts | undefined, context: GateContext) => string[],
): Gate['check'] {
  return (facts, context) =>
    filesOf(context).flatMap(({ cluster, path }) => {
      const own = facts.filter((one) => one.cluster === cluster);
      if (own.length === 0) return [`${cluster}: nothing was collected`];
      return inEach(own, 'sealedSecrets', (live) => {
        const sealed = readSealedSecret(context.tree.read(path) ?? '', path);
        const found = live.find((one) => one.namespace === sealed.namespace && one.name === sealed.name);
        return check(sealed, found, context);
      });
    });
}
