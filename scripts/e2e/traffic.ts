import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../system/user-error.ts';
import { waitFor } from '../system/wait-for.ts';
import { publicHost } from '../verify/check-access.ts';
import type { Connection } from '../verify/connection.ts';
import { INTRUDER } from '../verify/probe-plan.ts';
import { GATEWAY } from '../verify/send-probes.ts';
import { judgeTraffic } from './judge-traffic.ts';
import { type Load, startLoad } from './load.ts';
import type { Figure, Outcome, World } from './suite.ts';

/** A GET that only api-gateway may send. */
export interface ForbiddenRequest {
  workload: string;
  port: number;
  path: string;
}

export interface TrafficOptions {
  /** Where it goes on, all at once; by default in the cluster of the suite. */
  clusters?: readonly Connection[];
  /** Arguments of curl for the users' requests. */
  userOptions?: readonly string[];
  /** What must be refused all the time; by default a scan. An event that touches the policy of a workload aims at that one. */
  forbidden?: ForbiddenRequest;
}

const SCAN: ForbiddenRequest = { workload: 'ai-scanner', port: 8001, path: '/scan/e2e' };
const PER_SECOND = 5;
/**
 * How long an event may take: more than the slowest, since traffic that ends before is a failure. It ends at all for the case that nobody
 * is left to stop it.
 */
export const EVENT_SECONDS = 3000;
/** What goes wrong with an event may show after it; loads of all clusters start and stop one after the other at worst. */
const SECONDS = { before: 2, after: 15, startAndStop: 300 };

/**
 * Traffic around an event, counted on the clients' side: users' requests through the public gateway down to the database, all of which
 * must succeed, and requests that must never pass, from a pod in the mesh with another identity, which nothing but the policy of the
 * callee holds back, and from one without any. Each is a new connection.
 * @param event whatever is to go unnoticed, with the figures that it measures
 */
export async function underTraffic(
  world: World,
  options: TrafficOptions,
  event: () => Promise<Figure[]>,
): Promise<Outcome> {
  const { clusters = [world.cluster] } = options;
  const traffic = await startAll(clusters.map((cluster) => startTraffic(cluster, world.probeImage, options)));
  await sleep(SECONDS.before * 1000);
  const outcome: Outcome = { figures: [], problems: [] };
  try {
    outcome.figures.push(...(await event()));
    await sleep(SECONDS.after * 1000);
  } catch (error) {
    outcome.problems.push(reasonOf(error));
  }
  const counted = await Promise.all(traffic.map((one) => one.stop()));
  for (const [index, { figures, problems }] of counted.entries()) {
    const where = clusters.length > 1 ? `${clusters[index]?.context}: ` : '';
    outcome.figures.push(...figures.map((figure) => ({ ...figure, name: where + figure.name })));
    outcome.problems.push(...problems.map((problem) => where + problem));
  }
  return outcome;
}

/** All of them, or none: where one does not start, those that did are stopped. */
export async function startAll<T extends { stop(): Promise<unknown> }>(starting: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(starting);
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed?.status !== 'rejected') return started;
  await Promise.allSettled(started.map((one) => one.stop()));
  throw failed.reason;
}

async function startTraffic(
  cluster: Connection,
  image: string,
  { userOptions = [], forbidden = SCAN }: TrafficOptions,
): Promise<{ stop(): Promise<Outcome> }> {
  const host = await publicHost(cluster);
  const { workload, port, path } = forbidden;
  const target = `http://${workload}.ai-spm:${port}${path}`;
  const maxSeconds = EVENT_SECONDS + SECONDS.before + SECONDS.after + SECONDS.startAndStop;
  const start = (from: string, ...request: string[]): Promise<Load> =>
    startLoad(cluster, { from, image, request, perSecond: PER_SECOND, maxSeconds });
  const loads = await startAll([
    start('outside', ...userOptions, ...throughGateway(host, '/api/scan/e2e')),
    start(INTRUDER, target),
    start('outside', target),
  ]);
  const stop = () => stopTraffic(loads);
  const [, intruder] = loads;
  try {
    await waitFor(async () => ((await intruder?.soFar())?.some(isByCallee) ? true : undefined), {
      what: `a refusal by the policy of ${workload} in ${cluster.context}`,
      timeoutMs: 60_000,
      fix: `what stops the intruder in namespace ai-spm-verify before? A NetworkPolicy that is enforced hides the policy of ${workload}`,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function isByCallee({ refusedBy }: { refusedBy?: string }): boolean {
  return refusedBy === 'callee';
}

/** What is known counts, also where one of them has ended before. */
async function stopTraffic(loads: readonly Load[]): Promise<Outcome> {
  const results = await Promise.allSettled(loads.map((load) => load.stop()));
  const [users = [], intruder = [], plaintext = []] = results.map((one) =>
    one.status === 'fulfilled' ? one.value : [],
  );
  const { figures, problems } = judgeTraffic(users, { intruder, plaintext });
  const ended = results.flatMap((one) => (one.status === 'rejected' ? [reasonOf(one.reason)] : []));
  return { figures, problems: [...ended, ...problems] };
}

function reasonOf(error: unknown): string {
  const why = error instanceof UserError && error.details.why ? `: ${error.details.why}` : '';
  return (error instanceof Error ? error.message : String(error)) + why;
}

/** Arguments of curl for a request as users send it; the certificate of a lab is nobody's. */
export function throughGateway(host: string, path: string): string[] {
  return ['-k', '--connect-to', `${host}:443:${GATEWAY}`, `https://${host}${path}`];
}
