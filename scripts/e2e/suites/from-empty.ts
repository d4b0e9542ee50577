import { APPLICATIONS } from '../../argo/applications-api.ts';
import { waitFor } from '../../system/wait-for.ts';
import { checkAccess } from '../../verify/check-access.ts';
import { readApplications } from '../../verify/check-applications.ts';
import { checkSealedSecrets } from '../../verify/check-sealed-secrets.ts';
import { errorsOf } from '../../verify/live-problem.ts';
import { unreadyPods } from '../../verify/unready-pods.ts';
import { mergeAndSync, seconds, workloadsOf } from '../argo.ts';
import type { Suite, World } from '../suite.ts';

const NAMESPACE = 'ai-spm';
/** Makes Argo CD remove what an Application has made before the Application itself goes. */
const FINALIZER = 'resources-finalizer.argocd.argoproj.io';
const WAITING = { timeoutMs: 300_000, everyMs: 200, fix: 'kubectl describe applications --namespace argocd' };

/**
 * The Application of the workloads is deleted with all that it has made, the namespace and the volumes included. The one above it, which
 * has healed itself from git, makes it anew.
 */
export const fromEmpty: Suite = {
  name: 'from-empty',
  title: 'with nothing of it left, the platform comes from git alone, secrets and policies included',
  core: false,
  labOnly: true,
  async run(world) {
    const { cluster } = world;
    const before = await namespaceId(world);
    if (!before) throw new Error(`there is no namespace ${NAMESPACE} to begin with`);
    const name = await workloadsOf(world);
    const application = { ...APPLICATIONS, name };
    const body = [{ op: 'add', path: '/metadata/finalizers', value: [FINALIZER] }];
    await cluster.custom.patchNamespacedCustomObject({ ...application, body });

    const deleted = performance.now();
    await cluster.custom.deleteNamespacedCustomObject(application);
    const isGone = async () => ((await namespaceId(world)) === before ? undefined : true);
    await waitFor(isGone, { ...WAITING, what: `the end of namespace ${NAMESPACE}` });
    const gone = seconds(deleted);

    const empty = performance.now();
    const isBack = async () => {
      const state = (await readApplications(cluster))?.find((one) => one.name === name);
      const pods = await unreadyPods(cluster);
      const isNew = (await namespaceId(world)) !== undefined;
      if (isNew && state?.sync === 'Synced' && state.health === 'Healthy' && pods.length === 0) return true;
      throw new Error(`${name} is ${state?.sync} and ${state?.health}; not ready: ${pods.join(', ')}`);
    };
    await waitFor(isBack, { ...WAITING, what: 'the platform' });
    const back = seconds(empty);

    await mergeAndSync(world, 'e2e: end of from-empty');
    const checks = [await checkAccess(cluster, world.access, world.probeImage), await checkSealedSecrets(cluster)];
    return {
      figures: [
        { name: 'until all of it was gone', value: gone, unit: 's' },
        { name: 'from empty until synced, healthy and every pod ready', value: back, unit: 's' },
      ],
      problems: checks.flatMap(({ problems }) => errorsOf(problems)),
    };
  },
};

/** Undefined where there is none. */
async function namespaceId({ cluster: { core } }: World): Promise<string | undefined> {
  const { items } = await core.listNamespace();
  return items.find(({ metadata }) => metadata?.name === NAMESPACE)?.metadata?.uid;
}
