import type { Gate } from '../rotation.ts';
import { inEach } from './collected.ts';

const HOUR_MS = 3_600_000;
/** A pod of before that is ending still answers, for as long as its grace period. */
const GRACE_MS = HOUR_MS;

/**
 * Every pod of a workload has run as it is now for so many days. Counted from the end of its rollout: from the commit to the last pod that
 * runs by it, a review and a merge lie between.
 */
export function takenFor(workload: string, days: number, reason: string): Gate {
  return {
    name: 'waited',
    wants: `${days} days have passed since ${workload} was rolled out: ${reason}`,
    check: (facts, { cluster, now }) =>
      inEach(
        facts.filter((one) => one.cluster === cluster),
        'workloads',
        (workloads) => {
          const found = workloads.find(({ kind, name }) => kind === 'Deployment' && name === workload);
          if (!found?.rolledOutAt) return [`it is not known when ${workload} was rolled out`];
          const end = new Date(new Date(found.rolledOutAt).getTime() + days * 24 * HOUR_MS + GRACE_MS);
          return end <= now ? [] : [`not before ${end.toISOString()}`];
        },
      ),
  };
}
