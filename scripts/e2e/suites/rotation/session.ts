import { SESSION_DAYS, session } from '../../../rotate/kinds/session.ts';
import type { Suite } from '../../suite.ts';
import { underTraffic } from '../../traffic.ts';
import { rotate } from './rotate.ts';

export const rotateSession: Suite = {
  name: 'rotate-session',
  title: 'the secret that signs sessions is replaced, and a session from before is accepted until it could have ended',
  core: false,
  run: (world) =>
    underTraffic(world, { clusters: world.clusters, maxSeconds: 900 }, () =>
      rotate(world, { kind: session, daysLater: SESSION_DAYS + 1 }),
    ),
};
