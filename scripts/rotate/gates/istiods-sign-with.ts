import type { X509Certificate } from 'node:crypto';
import type { SourceTree } from '../../system/source-tree.ts';
import type { Gate } from '../rotation.ts';
import { inEach } from './collected.ts';

/**
 * Every istiod of every cluster signs with the intermediate that git has for the cluster. Told by the end of its life, which the metric of
 * each replica gives: one replica that missed the change would go on signing with the old one.
 */
export function istiodsSignWith(signerOf: (tree: SourceTree, cluster: string) => X509Certificate | undefined): Gate {
  return {
    name: 'signing',
    reads: ['istiods'],
    wants: 'every istiod of every cluster signs with the intermediate that git has',
    check: (facts, { tree }) =>
      inEach(facts, 'istiods', (istiods, cluster) => {
        const signer = signerOf(tree, cluster);
        if (!signer) return ['git has no intermediate for it'];
        const end = new Date(signer.validTo).getTime() / 1000;
        if (istiods.length === 0) return ['there is no istiod'];
        return istiods.flatMap(({ pod, ready, signerEnd }) => {
          if (!ready) return [`${pod} is not ready`];
          return signerEnd === end
            ? []
            : [`${pod} signs with an intermediate that ends ${new Date(signerEnd * 1000).toISOString()}`];
        });
      }),
  };
}
