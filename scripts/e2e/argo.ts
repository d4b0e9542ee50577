import { waitFor } from '../system/wait-for.ts';
import { checkApplications } from '../verify/check-applications.ts';
import type { World } from './suite.ts';

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

export function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}
