import { setTimeout as sleep } from 'node:timers/promises';
import { demandGoneFromGit } from '../../commands/gone-from-git.ts';
import { type CustomObjects, liveApplications } from '../../commands/live-applications.ts';
import { removeApplications } from '../../commands/remove-applications.ts';
import { removeCluster } from '../../commands/remove-cluster.ts';
import { runGit } from '../../git/git.ts';
import { waitFor } from '../../system/wait-for.ts';
import { checkAccess } from '../../verify/check-access.ts';
import { readApplications } from '../../verify/check-applications.ts';
import { checkPods } from '../../verify/check-pods.ts';
import { checkSealedSecrets } from '../../verify/check-sealed-secrets.ts';
import { type Connection, clusterNameOf } from '../../verify/connection.ts';
import { errorsOf } from '../../verify/live-problem.ts';
import { requiredPods } from '../../verify/required-pods.ts';
import { seconds, waitForSync } from '../argo.ts';
import { runs } from '../later-ring.ts';
import { otherCluster } from '../other-cluster.ts';
import type { Suite, World } from '../suite.ts';
import { underTraffic } from '../traffic.ts';

const NAMESPACE = 'ai-spm';
/** Time for Argo CD to do what it must not: delete what git does not have any more. */
const WATCHED_MS = 30_000;
const WAITING = { timeoutMs: 300_000, fix: 'kubectl describe applications --namespace argocd' };

/** Both steps of `argocd/README.md`, and the way back: the removal is taken back in git. */
export const clusterRemoved: Suite = {
  name: 'cluster-removed',
  title: 'a cluster that git has no more runs on until it is torn down, which no other notices; with git it comes back',
  core: false,
  labOnly: true,
  async run(world) {
    const leaving = otherCluster(world);
    const name = await clusterNameOf(leaving);
    const before = await world.push('e2e: cluster-removed, start');
    const outcome = await underTraffic(world, {}, async () => {
      let gone = 0;
      let restored = 0;
      let comeback = '';
      try {
        await removeCluster(world.checkout, name, name);
        const removal = await world.push(`e2e: ${name} is removed`);
        await waitFor(() => rootIsAt(world, removal), { ...WAITING, what: 'the removal in Argo CD' });
        await sleep(WATCHED_MS);
        await demandServing(world, leaving);

        const torn = performance.now();
        await demandGoneFromGit(world.checkout, name);
        const applications = liveApplications(world.cluster.custom as unknown as CustomObjects, world.cluster.context);
        await removeApplications(applications, { cluster: name, workloads: true, tell: () => {} });
        gone = seconds(torn);
        if (await hasNamespace(leaving)) throw new Error(`${name} was torn down and still has namespace ${NAMESPACE}`);
      } finally {
        restored = performance.now();
        await takeBack(world, before);
        comeback = await world.push(`e2e: ${name} is back`);
      }
      await waitFor(() => runs(world, leaving, comeback), { ...WAITING, what: `the Applications of ${name}` });
      await waitForSync(world, comeback);
      await waitFor(() => demandServing(world, leaving), { ...WAITING, what: `the pods of ${name}` });
      return [
        { name: 'teardown until all that Argo CD had deployed is gone', value: gone, unit: 's' },
        { name: 'push of its return until all is healthy', value: seconds(restored), unit: 's' },
      ];
    });
    const checks = [await checkAccess(leaving, world.access, world.probeImage), await checkSealedSecrets(leaving)];
    const wrong = checks.flatMap(({ problems }) => errorsOf(problems));
    return { figures: outcome.figures, problems: [...outcome.problems, ...wrong] };
  },
};

async function takeBack({ checkout }: World, commit: string): Promise<void> {
  const { code, stderr } = await runGit(checkout, ['checkout', '--quiet', commit, '--', '.']);
  if (code !== 0) throw new Error(stderr);
}

async function rootIsAt({ cluster }: World, commit: string): Promise<true | undefined> {
  const root = (await readApplications(cluster))?.find(({ name }) => name === 'root');
  return root?.revision === commit && root.sync === 'Synced' ? true : undefined;
}

async function demandServing({ access }: World, cluster: Connection): Promise<true> {
  const { problems } = await checkPods(cluster, requiredPods(access.edges, false));
  if (problems.length === 0) return true;
  throw new Error(problems.map(({ message }) => message).join('\n'));
}

async function hasNamespace({ core }: Connection): Promise<boolean> {
  return (await core.listNamespace()).items.some(({ metadata }) => metadata?.name === NAMESPACE);
}
