import { promote } from '../../commands/rings.ts';
import { waitFor } from '../../system/wait-for.ts';
import { seconds } from '../argo.ts';
import { breakImage, isStuck } from '../broken-image.ts';
import { runs, waiting, whileHeld } from '../later-ring.ts';
import type { Suite } from '../suite.ts';
import { underTraffic } from '../traffic.ts';

/** Where a promotion differs from a merge: it reaches the cluster through the sync that brings its Applications, which must not wait for these. */
export const promotionReverted: Suite = {
  name: 'promotion-reverted',
  title: 'a bad commit that was promoted: what ran before it goes on serving, and the revert of the promotion ends it',
  core: false,
  labOnly: true,
  run: (world) =>
    whileHeld(world, 'promotion-reverted', ({ cluster, ring, held }) =>
      underTraffic(world, { clusters: world.clusters }, async () => {
        const mend = breakImage(world.checkout);
        try {
          const bad = await world.push('e2e: an image that does not exist');
          await promote(world.checkout, ring, bad, {});
          await world.push(`e2e: ring ${ring} gets it`);
          await waitFor(() => isStuck(cluster), waiting('the pod that cannot start'));
          const reverted = performance.now();
          await promote(world.checkout, ring, held, {});
          await world.push('e2e: the promotion is reverted');
          await waitFor(() => runs(world, cluster, held), waiting('the end of the bad promotion'));
          return [{ name: 'push of the revert until all is healthy again', value: seconds(reverted), unit: 's' }];
        } finally {
          mend();
          await world.push('e2e: revert');
        }
      }),
    ),
};
