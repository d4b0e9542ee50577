import { waitFor } from '../system/wait-for.ts';
import { checkApplications } from '../verify/check-applications.ts';
import { clusterNameOf } from '../verify/connection.ts';
import type { World } from './suite.ts';

/**
 * What a merge is: commits the changes in the checkout, pushes them to main, and waits until every cluster runs that commit.
 * @returns the commit
 */
export async function mergeAndSync(world: World, message: string): Promise<string> {
  const revision = await world.push(message);
  await waitForSync(world, revision);
  return revision;
}

/** Until every application is synced and healthy at one revision. */
export async function waitForSync({ cluster }: World, revision: string): Promise<void> {
  await waitFor(
    async () => {
      const { problems, facts } = await checkApplications(cluster);
      if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
      return facts.revisions.length === 1 && facts.revisions[0] === revision ? true : undefined;
    },
    {
      what: `the sync of ${revision.slice(0, 8)}`,
      timeoutMs: 300_000,
      fix: 'see the applications in namespace argocd',
    },
  );
}

/** The Application of the workloads in the cluster of the suite. */
export async function workloadsOf({ cluster }: World): Promise<string> {
  return `${await clusterNameOf(cluster)}-ai-spm`;
}

export function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}
