import type { WorkloadFacts } from '../facts/facts.ts';
import type { Gate } from '../rotation.ts';
import { type InUse, readRotationFile } from '../rotation-file.ts';
import { inEach } from './collected.ts';

const HOUR_MS = 3_600_000;
/** A pod of before that is ending still answers, for as long as its grace period. */
const GRACE_MS = HOUR_MS;

/** A variable of the pods of a workload, and the Secret that it is to come from. */
interface Taken {
  workload: string;
  variable: string;
  secret(inUse: InUse): string;
}

/**
 * No pod of a workload has taken a variable from another Secret for so many days. Counted from the end of the last one that did: from the
 * commit to there, a review and a merge lie between; rollouts for other reasons begin nothing anew.
 */
export function takenFor({ workload, variable, secret }: Taken, days: number, reason: string): Gate {
  return {
    name: 'waited',
    reads: ['workloads'],
    wants: `${days} days have passed since the last pod of ${workload} with another ${variable} ended: ${reason}`,
    check: (facts, { tree, cluster, now }) =>
      inEach(
        facts.filter((one) => one.cluster === cluster),
        'workloads',
        (workloads) => {
          const found = workloads.find(({ kind, name }) => kind === 'Deployment' && name === workload);
          const wanted = secret(readRotationFile(tree, cluster).inUse);
          const since = found && endOfOthers(found, variable, wanted);
          if (!since) return [`it is not known when the last pod of ${workload} with another ${variable} ended`];
          const end = new Date(new Date(since).getTime() + days * 24 * HOUR_MS + GRACE_MS);
          return end <= now ? [] : [`not before ${end.toISOString()}`];
        },
      ),
  };
}

/** Where the cluster does not keep a template that took another one, its last rollout of all is late enough. */
function endOfOthers({ past = [], rolledOutAt }: WorkloadFacts, variable: string, secret: string): string | undefined {
  const takes = (one: string) => one.startsWith(`${secret}/`) && one.endsWith(` as ${variable}`);
  const others = past.filter(({ secrets }) => !secrets.some(takes)).map(({ endedAt }) => endedAt);
  return others.sort().at(-1) ?? rolledOutAt;
}
