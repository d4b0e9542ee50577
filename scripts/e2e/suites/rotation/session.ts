import { SESSION_DAYS, session } from '../../../rotate/kinds/session.ts';
import { publicHost } from '../../../verify/check-access.ts';
import type { Connection } from '../../../verify/connection.ts';
import { withProbePods } from '../../../verify/probe-pods.ts';
import { type Load, startLoad } from '../../load.ts';
import type { Suite, World } from '../../suite.ts';
import { EVENT_SECONDS, throughGateway, underTraffic } from '../../traffic.ts';
import { rotate } from './rotate.ts';

export const rotateSession: Suite = {
  name: 'rotate-session',
  title: 'the secret that signs sessions is replaced, and a session from before is accepted until it could have ended',
  core: false,
  labOnly: true,
  run: (world) =>
    underTraffic(world, { clusters: world.clusters }, async () => {
      const users = await Promise.all(world.clusters.map((cluster) => startUser(cluster, world.probeImage)));
      const rotating = rotate(world, {
        kind: session,
        daysLater: SESSION_DAYS + 1,
        inputsFor: async (phase) => {
          // The last step drops the secret that has signed their sessions.
          if (phase === 'standby') await Promise.all(users.map(demandServed));
          return {};
        },
      });
      const figures = await rotating.catch(async (error) => {
        await Promise.allSettled(users.map(({ load }) => load.stop()));
        throw error;
      });
      await Promise.all(users.map((user) => demandReplaced(world, user)));
      return figures;
    }),
};

/** Somebody who has logged in and goes on. */
interface User {
  cluster: Connection;
  cookie: string;
  load: Load;
}

async function startUser(cluster: Connection, image: string): Promise<User> {
  const host = await publicHost(cluster);
  const cookie = cookieIn(await request(cluster, image, '/', ['-D', '-']));
  const options = { from: 'outside', image, perSecond: 5, maxSeconds: EVENT_SECONDS };
  const load = await startLoad(cluster, {
    ...options,
    request: ['-b', cookie, ...throughGateway(host, '/api/session')],
  });
  return { cluster, cookie, load };
}

async function demandServed({ cluster, load }: User): Promise<void> {
  const answers = await load.stop();
  const refused = answers.filter(({ status }) => status !== '200');
  if (answers.length > 0 && refused.length === 0) return;
  throw new Error(`${cluster.context}: ${refused.length} of ${answers.length} requests with a session were refused`);
}

/** Now, and not before, the session of before is worth nothing; a new one is. */
async function demandReplaced({ probeImage }: World, { cluster, cookie }: User): Promise<void> {
  const asked = async (one: string) => request(cluster, probeImage, '/api/session', ['-b', one, '-w', '%{http_code}']);
  const [before, after] = [
    await asked(cookie),
    await asked(cookieIn(await request(cluster, probeImage, '/', ['-D', '-']))),
  ];
  if (before === '401' && after === '200') return;
  throw new Error(`${cluster.context}: the session of before gets ${before} for 401, a new one ${after} for 200`);
}

/** @returns what curl prints, but for the body of the answer */
async function request(cluster: Connection, image: string, path: string, options: string[]): Promise<string> {
  const host = await publicHost(cluster);
  return withProbePods(cluster, ['outside'], image, async (pods) => {
    const [pod] = pods.values();
    if (!pod) throw new Error('there is no pod to send a request from');
    return cluster.exec(pod, ['curl', '-s', '-o', '/dev/null', ...options, ...throughGateway(host, path)]);
  });
}

function cookieIn(headers: string): string {
  const cookie = /^set-cookie: (session=[^;\s]+)/im.exec(headers)?.[1];
  if (!cookie) throw new Error(`no session came with ${headers.split('\n', 1)[0]}`);
  return cookie;
}
