import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../system/wait-for.ts';
import { seconds } from '../argo.ts';
import { breakImage, demandNotBroken, isStuck } from '../broken-image.ts';
import { runs, waiting, whileHeld } from '../later-ring.ts';
import type { Suite } from '../suite.ts';
import { underTraffic } from '../traffic.ts';

/** Time for the later ring to take what it must not. */
const WATCHED_MS = 30_000;

export const contained: Suite = {
  name: 'contained',
  title: 'a bad commit stays in its ring, where what ran before it goes on serving, and a revert ends it',
  core: false,
  labOnly: true,
  run: (world) =>
    whileHeld(world, 'contained', ({ cluster, held }) =>
      underTraffic(world, { clusters: world.clusters }, async () => {
        const mend = breakImage(world.checkout);
        let reverted = 0;
        let revert = '';
        try {
          await world.push('e2e: an image that does not exist');
          await waitFor(() => isStuck(world.cluster), waiting('the pod that cannot start'));
          await sleep(WATCHED_MS);
          await runs(world, cluster, held);
          await demandNotBroken(cluster);
        } finally {
          // Before the other ring follows main again, whatever happened.
          mend();
          reverted = performance.now();
          revert = await world.push('e2e: revert');
        }
        await waitFor(() => runs(world, world.cluster, revert), waiting('the end of the bad commit'));
        return [{ name: 'push of the revert until all is healthy again', value: seconds(reverted), unit: 's' }];
      }),
    ),
};
