import { publicHost } from '../verify/check-access.ts';
import { GATEWAY } from '../verify/send-probes.ts';
import { startLoad, tally } from './load.ts';
import type { Figure, World } from './suite.ts';

const PER_SECOND = 5;

/**
 * Traffic around an event: users' requests through the public gateway down to the database, all of which must succeed, and requests that
 * must never pass, from a pod with another identity and from one without any.
 * @param traffic how long: the event must be over before; and arguments of curl for the users' requests
 */
export async function underTraffic(
  world: World,
  { seconds, userOptions = [] }: { seconds: number; userOptions?: readonly string[] },
  event: () => Promise<Figure[]>,
): Promise<{ figures: Figure[]; problems: string[] }> {
  const { cluster, probeImage: image } = world;
  const host = await publicHost(cluster);
  const common = { image, seconds, perSecond: PER_SECOND };
  const users = await startLoad(cluster, {
    ...common,
    from: 'outside',
    request: ['-k', ...userOptions, '--connect-to', `${host}:443:${GATEWAY}`, `https://${host}/api/scan/e2e`],
  });
  const stranger = await startLoad(cluster, {
    ...common,
    from: 'data-integrity',
    request: ['http://ai-scanner:8001/scan/e2e'],
  });
  const plaintext = await startLoad(cluster, {
    ...common,
    from: 'outside',
    request: ['http://ai-scanner.ai-spm:8001/scan/e2e'],
  });
  const figures = await event();
  const [sent, refused, reset] = [await users.finish(), await stranger.finish(), await plaintext.finish()].map(tally);
  const problems: string[] = [];
  if (!sent || !refused || !reset) throw new Error('a load has no result');
  if (sent.failed > 0) problems.push(`${sent.failed} of ${sent.sent} requests of users failed (${sent.statuses})`);
  for (const forbidden of [refused, reset]) {
    const passed = forbidden.sent - forbidden.failed;
    if (passed > 0) problems.push(`${passed} forbidden requests passed (${forbidden.statuses})`);
  }
  figures.push(
    { name: 'requests of users', value: sent.sent, unit: 'requests' },
    { name: 'of them failed', value: sent.failed, unit: 'requests' },
    { name: 'forbidden requests, all refused', value: refused.failed + reset.failed, unit: 'refused' },
  );
  return { figures, problems };
}
