import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { ciphertextDigest } from '../facts/ciphertext.ts';
import type { Gate, GateContext } from '../rotation.ts';
import { inEach } from './collected.ts';

/**
 * SealedSecrets are in their clusters in the very version that git has, and have been opened. That one of this name is synced does not say so:
 * it may be the version before.
 * @param filesOf path of each file, with the cluster that opens it
 */
export function sealedOpened(
  what: string,
  filesOf: (context: GateContext) => readonly { cluster: string; path: string }[],
): Gate {
  return {
    name: 'opened',
    wants: `the cluster has opened ${what}, in the version of git`,
    check: (facts, context) =>
      filesOf(context).flatMap(({ cluster, path }) => {
        const own = facts.filter((one) => one.cluster === cluster);
        if (own.length === 0) return [`${cluster}: nothing was collected`];
        return inEach(own, 'sealedSecrets', (live) => {
          const sealed = readSealedSecret(context.tree.read(path) ?? '');
          const { namespace, name } = sealed;
          const found = live.find((one) => one.namespace === namespace && one.name === name);
          if (!found) return [`SealedSecret ${namespace}/${name} is not there yet`];
          if (found.ciphertext !== ciphertextDigest(sealed))
            return [`SealedSecret ${namespace}/${name} is not the version of git`];
          return found.opened ? [] : [`SealedSecret ${namespace}/${name} has not been opened`];
        });
      }),
  };
}

const KIND = /^kind: SealedSecret$/m;

/** Every SealedSecret that git has for a cluster. */
export function sealedFiles(tree: SourceTree, cluster: string): string[] {
  return ['secrets', 'platform']
    .flatMap((folder) => tree.list(`clusters/${cluster}/${folder}`))
    .filter((path) => path.endsWith('.yaml') && KIND.test(tree.read(path) ?? ''));
}
