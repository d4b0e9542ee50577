import { setTimeout as sleep } from 'node:timers/promises';
import { RESOURCES_FINALIZER } from '../argo/expand-set.ts';
import { UserError } from '../system/user-error.ts';
import { waitFor } from '../system/wait-for.ts';

export interface LiveApplication {
  metadata: {
    name: string;
    uid: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string }[];
  };
}

/** The Applications of the management cluster. What is gone already is no error. */
export interface Applications {
  list(): Promise<LiveApplication[]>;
  setFinalizers(name: string, finalizers: readonly string[]): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface Removal {
  cluster: string;
  /** Has Argo CD delete what was deployed too. */
  workloads: boolean;
  tell(line: string): void;
  /** How long what is gone must stay away. The ApplicationSet controller acts on a deletion at once. */
  quietMs?: number;
}

const WAVE = 'argocd.argoproj.io/sync-wave';
const CLUSTER_LABEL = 'ai-spm.io/cluster';
/** argocd/application-set.yaml. Argo CD makes it the owner of what it makes. */
const SET = 'clusters';

/**
 * The one that brings the others goes first, else it makes them anew; then the others, the last wave first: what needs something goes
 * before it.
 * @returns how many went
 * @throws UserError where the name is that of another Application, and where Argo CD makes anew what was deleted
 */
export async function removeApplications(applications: Applications, removal: Removal): Promise<number> {
  const { cluster, workloads, tell, quietMs = 15_000 } = removal;
  const all = await applications.list();
  const parent = all.filter(({ metadata }) => metadata.name === cluster);
  const children = all.filter((one) => isChild(one) && one.metadata.name !== cluster);
  if (!parent.every(isOfSet)) {
    throw new UserError(`there is no cluster \`${cluster}\`: the Application of that name is another`, {
      why: `ApplicationSet \`${SET}\` did not make it`,
      fix: '`npm run cluster -- list` at an older commit names the clusters that there were',
    });
  }
  const known = new Set([...parent, ...children].map(({ metadata }) => metadata.uid));
  if (parent.length > 0) {
    // Its finalizers, if somebody gave it any, would take all others with it at once.
    await remove(parent, []);
    await stayAway();
  }
  for (const wave of [...new Set(children.map(waveOf))].sort((a, b) => b - a)) {
    // Kept or not is said here, whatever the Application was made with.
    const finalizers = workloads ? [RESOURCES_FINALIZER] : [];
    await remove(
      children.filter((child) => waveOf(child) === wave),
      finalizers,
    );
  }
  if (children.length > 0) await stayAway();
  return known.size;

  function isChild({ metadata }: LiveApplication): boolean {
    return metadata.labels?.[CLUSTER_LABEL] === cluster;
  }

  async function remove(some: readonly LiveApplication[], finalizers: readonly string[]): Promise<void> {
    for (const { metadata } of some) {
      await applications.setFinalizers(metadata.name, finalizers);
      await applications.remove(metadata.name);
      tell(`- Application ${metadata.name}`);
    }
    await gone(some);
  }

  async function gone(some: readonly LiveApplication[]): Promise<void> {
    const uids = new Set(some.map(({ metadata }) => metadata.uid));
    let again: UserError | undefined;
    await waitFor(
      async () => {
        const now = await applications.list();
        again = madeAnew(now);
        const left = now.filter(({ metadata }) => uids.has(metadata.uid));
        if (again || left.length > 0) throw new Error(`still there: ${namesOf(left)}`);
        return true;
      },
      {
        what: `the end of ${namesOf(some)}`,
        timeoutMs: 10 * 60_000,
        fix: 'kubectl describe application NAME --namespace argocd says what is left; the command can be run again',
        isHopeless: () => again,
      },
    );
  }

  async function stayAway(): Promise<void> {
    const end = Date.now() + quietMs;
    do {
      const again = madeAnew(await applications.list());
      if (again) throw again;
      await sleep(Math.min(quietMs, 1000));
    } while (Date.now() < end);
  }

  function madeAnew(now: readonly LiveApplication[]): UserError | undefined {
    const found = now.filter((one) => isChild(one) || one.metadata.name === cluster);
    const fresh = found.filter(({ metadata }) => !known.has(metadata.uid));
    if (fresh.length === 0) return undefined;
    return new UserError(`Argo CD has made ${namesOf(fresh)} anew`, {
      why: 'it has not seen yet that the row of the cluster is gone from git, or it does not follow this branch',
      fix: `see that ApplicationSet \`${SET}\` has no error and follows the merge, wait some minutes, and run the command again`,
    });
  }
}

function isOfSet({ metadata }: LiveApplication): boolean {
  return metadata.ownerReferences?.some(({ kind, name }) => kind === 'ApplicationSet' && name === SET) ?? false;
}

function waveOf({ metadata }: LiveApplication): number {
  return Number.parseInt(metadata.annotations?.[WAVE] ?? '0', 10) || 0;
}

function namesOf(some: readonly LiveApplication[]): string {
  return some.map(({ metadata }) => metadata.name).join(', ');
}
