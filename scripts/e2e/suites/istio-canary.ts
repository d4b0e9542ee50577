import { applyGeneration } from '../../generate/generate.ts';
import { guardedPlan } from '../../generate/guarded-plan.ts';
import { openSourceTree } from '../../system/source-tree.ts';
import { waitFor } from '../../system/wait-for.ts';
import { checkAccess } from '../../verify/check-access.ts';
import { checkProxies } from '../../verify/check-proxies.ts';
import { clusterNameOf } from '../../verify/connection.ts';
import { errorsOf } from '../../verify/live-problem.ts';
import { unreadyPods } from '../../verify/unready-pods.ts';
import { mergeAndSync, seconds } from '../argo.ts';
import { setInRecord } from '../edit-record.ts';
import type { Suite, World } from '../suite.ts';

const NAMESPACES = ['ai-spm', 'istio-ingress'];
const STATUS = 'sidecar.istio.io/status';

/** The steps of `docs/istio-upgrade.md` and the way back, with two istiods of one version: a lab has no other. */
export const istioCanary: Suite = {
  name: 'istio-canary',
  title: 'a second istiod takes over the pods of a cluster and gives them back, and every promise holds with each',
  core: false,
  labOnly: true,
  async run(world) {
    const name = await clusterNameOf(world.cluster);
    const problems: string[] = [];
    const check = async (when: string) => {
      const { cluster, access, probeImage } = world;
      const checks = [await checkAccess(cluster, access, probeImage), await checkProxies(cluster)];
      problems.push(...checks.flatMap(({ problems }) => errorsOf(problems)).map((one) => `${when}: ${one}`));
    };
    const moveTo = async (canary: readonly string[] | undefined, taken: readonly string[]) => {
      const begun = performance.now();
      setCanary(world.checkout, name, canary);
      await mergeAndSync(world, `e2e: istioCanary of ${name}: ${canary?.join(', ') ?? 'none'}`);
      await waitFor(() => demandTaken(world, taken), {
        what: `the pods of ${taken.join(' and ') || 'all namespaces'} at their istiod`,
        timeoutMs: 300_000,
        fix: 'kubectl get pods --all-namespaces --label-columns istio.io/rev',
      });
      return seconds(begun);
    };
    try {
      const started = await moveTo([], []);
      const workloads = await moveTo(['ai-spm'], ['ai-spm']);
      await check('with the gateway at the first istiod');
      const gateway = await moveTo(NAMESPACES, NAMESPACES);
      await check('at the second istiod');
      const back = await moveTo([], []);
      return {
        figures: [
          { name: 'push until the second istiod runs', value: started, unit: 's' },
          { name: 'push until it has the workloads', value: workloads, unit: 's' },
          { name: 'push until it has the gateway too', value: gateway, unit: 's' },
          { name: 'push until the first one has them again', value: back, unit: 's' },
        ],
        problems,
      };
    } finally {
      // Never both at once: pods that are made anew need the webhook that their labels name.
      await moveTo([], []);
      await moveTo(undefined, []);
      await check('at the first istiod again');
    }
  },
};

function setCanary(checkout: string, cluster: string, namespaces: readonly string[] | undefined): void {
  setInRecord(checkout, cluster, 'istioCanary', namespaces);
  applyGeneration(checkout, guardedPlan(openSourceTree(checkout)));
}

/** Every pod is ready, and the second istiod has injected those of the namespaces alone. */
async function demandTaken({ cluster }: World, taken: readonly string[]): Promise<true> {
  const { items } = await cluster.core.listPodForAllNamespaces();
  const wrong = items.filter(({ metadata }) => {
    if (!NAMESPACES.includes(metadata?.namespace ?? '') || !metadata?.ownerReferences) return false;
    // What the injector says itself (Istio pkg/kube/inject, SidecarInjectionStatus): labels are those of the template.
    const { revision } = JSON.parse(metadata.annotations?.[STATUS] ?? '{}');
    return (revision === 'canary') !== taken.includes(metadata.namespace ?? '');
  });
  const unready = await unreadyPods(cluster);
  if (wrong.length + unready.length === 0) return true;
  const names = wrong.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
  throw new Error(`at the other istiod: ${names.join(', ')}; not ready: ${unready.join(', ')}`);
}
