import { setTimeout as sleep } from 'node:timers/promises';
import { publicHost } from '../verify/check-access.ts';
import type { Connection } from '../verify/connection.ts';
import { GATEWAY } from '../verify/send-probes.ts';
import { type Answer, type Load, startLoad } from './load.ts';
import type { Figure, Outcome, World } from './suite.ts';

export interface TrafficOptions {
  /** Where it goes on, all at once; by default in the cluster of the suite. */
  clusters?: readonly Connection[];
  /** Arguments of curl for the users' requests. */
  userOptions?: readonly string[];
  /** Longer than the event ever takes: traffic that ends before is a failure. */
  maxSeconds?: number;
}

const PER_SECOND = 5;
/** What goes wrong with an event may show after it. */
const SECONDS = { before: 2, after: 15 };

/**
 * Traffic around an event, counted on the clients' side: users' requests through the public gateway down to the database, all of which
 * must succeed, and requests that must never pass, from a pod with another identity and from one without any. Each is a new connection.
 * @param event whatever is to go unnoticed, with the figures that it measures
 */
export async function underTraffic(
  world: World,
  { clusters = [world.cluster], userOptions = [], maxSeconds = 300 }: TrafficOptions,
  event: () => Promise<Figure[]>,
): Promise<Outcome> {
  const started = clusters.map((cluster) => startTraffic(cluster, world.probeImage, userOptions, maxSeconds));
  const traffic = await Promise.all(started);
  await sleep(SECONDS.before * 1000);
  const outcome: Outcome = { figures: [], problems: [] };
  try {
    outcome.figures.push(...(await event()));
    await sleep(SECONDS.after * 1000);
  } catch (error) {
    outcome.problems.push(error instanceof Error ? error.message : String(error));
  }
  const counted = await Promise.all(traffic.map((one) => one.stop()));
  for (const [index, { figures, problems }] of counted.entries()) {
    const where = clusters.length > 1 ? `${clusters[index]?.context}: ` : '';
    outcome.figures.push(...figures.map((figure) => ({ ...figure, name: where + figure.name })));
    outcome.problems.push(...problems.map((problem) => where + problem));
  }
  return outcome;
}

async function startTraffic(
  cluster: Connection,
  image: string,
  userOptions: readonly string[],
  maxSeconds: number,
): Promise<{ stop(): Promise<Outcome> }> {
  const host = await publicHost(cluster);
  const start = (from: string, ...request: string[]): Promise<Load> =>
    startLoad(cluster, { from, image, request, perSecond: PER_SECOND, maxSeconds });
  const [users, stranger, plaintext] = await Promise.all([
    start('outside', ...userOptions, ...throughGateway(host, '/api/scan/e2e')),
    start('data-integrity', 'http://ai-scanner:8001/scan/e2e'),
    start('outside', 'http://ai-scanner.ai-spm:8001/scan/e2e'),
  ]);
  return {
    async stop() {
      const [sent, ...forbidden] = await Promise.all([users.stop(), stranger.stop(), plaintext.stop()]);
      return judge(sent, forbidden.flat());
    },
  };
}

/** Arguments of curl for a request as users send it; the certificate of a lab is nobody's. */
export function throughGateway(host: string, path: string): string[] {
  return ['-k', '--connect-to', `${host}:443:${GATEWAY}`, `https://${host}${path}`];
}

/** @param forbidden what those saw who must never see a 200 */
export function judge(users: readonly Answer[], forbidden: readonly Answer[]): Outcome {
  const failed = users.filter(({ status }) => status !== '200');
  const passed = forbidden.filter(({ status }) => status === '200');
  const problems: string[] = [];
  if (users.length === 0 || forbidden.length === 0) problems.push('there was no traffic');
  if (failed.length > 0) {
    problems.push(`${failed.length} of ${users.length} requests of users failed (${summary(failed, users[0])})`);
  }
  if (passed.length > 0) problems.push(`${passed.length} forbidden requests passed (${summary(passed, forbidden[0])})`);
  const figures: Figure[] = [
    { name: 'requests of users', value: users.length, unit: 'requests' },
    { name: 'of them failed', value: failed.length, unit: 'requests' },
    { name: 'forbidden requests, all refused', value: forbidden.length - passed.length, unit: 'refused' },
  ];
  return { figures, problems };
}

/** Which statuses, how often, and when: `503: 3 times, from second 12 to 13`. */
function summary(answers: readonly Answer[], first: Answer | undefined): string {
  const statuses = [...new Set(answers.map(({ status }) => status))];
  return statuses
    .map((status) => {
      const seconds = answers.filter((answer) => answer.status === status).map(({ at }) => at - (first?.at ?? 0));
      return `${status}: ${seconds.length} times, from second ${Math.min(...seconds)} to ${Math.max(...seconds)}`;
    })
    .join('; ');
}
