import type { V1Pod } from '@kubernetes/client-node';
import { type Connection, istiods } from './connection.ts';
import { ISTIOD_MONITORING } from './get-in-pod.ts';
import type { LiveProblem } from './live-problem.ts';
import { askPods } from './look.ts';

export interface SyncState {
  /** What is wrong with the configuration of a proxy; empty where it has all that istiod sent. */
  lagOf(pod: V1Pod): string;
  /** Replicas of istiod that run, and those that could not be asked. */
  istiods: number;
  problems: LiveProblem[];
}

/** One entry of istiod's `/debug/syncz` (Istio, pilot/pkg/xds/debug.go, `SyncStatus`). A part that was never sent is absent. */
type SyncStatus = Readonly<Record<string, string | undefined>>;

/** Every proxy gets them; routes and endpoints only one that has a use for them. */
const ALWAYS = ['cluster', 'listener'];
const PARTS = [...ALWAYS, 'route', 'endpoint'];

/** istiod's own account of what each proxy has confirmed, the source of `istioctl proxy-status`. */
export async function readSync(connection: Connection): Promise<SyncState> {
  const pods = await istiods(connection);
  const { answers, problems } = await askPods(connection.core, pods, async (place) => {
    return (JSON.parse(await connection.get({ ...place, port: ISTIOD_MONITORING }, '/debug/syncz')) ??
      []) as SyncStatus[];
  });
  const known = new Map(answers.flatMap(({ answer }) => answer).map((status) => [status['proxy'], status]));
  const lagOf = ({ metadata }: V1Pod) => {
    const status = known.get(`${metadata?.name}.${metadata?.namespace}`);
    if (status) return lag(status);
    // It may be connected to one that was not asked.
    return problems.length > 0 ? '' : 'is connected to no istiod: it gets no change any more';
  };
  return { lagOf, istiods: pods.length, problems };
}

function lag(status: SyncStatus): string {
  const stale = PARTS.filter((part) => {
    const sent = status[`${part}_sent`];
    return sent === undefined ? ALWAYS.includes(part) : sent !== status[`${part}_acked`];
  });
  return stale.length > 0 ? `has not taken the last ${stale.join(', ')} configuration` : '';
}
