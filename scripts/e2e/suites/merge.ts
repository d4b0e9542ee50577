import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../system/wait-for.ts';
import { withProbePods } from '../../verify/probe-pods.ts';
import { mergeAndSync, seconds } from '../argo.ts';
import type { Suite } from '../suite.ts';

const POLICY = 'base/ai-scanner/authorization-policy.yaml';
const DECLARED = 'paths: ["/scan/*"]';
/** Enough that two pods are not missed: one in 500 times. */
const REQUESTS = 10;
const WIDER = 'paths: ["/scan/*", "/e2e"]';

export const merge: Suite = {
  name: 'merge',
  title: 'a merge to main is enforced by Envoy, and so is its revert',
  core: true,
  async run(world) {
    const { cluster, checkout, probeImage } = world;
    const file = join(checkout, POLICY);
    return withProbePods(cluster, ['api-gateway'], probeImage, async (pods) => {
      const pod = pods.get('api-gateway');
      if (!pod) throw new Error('no probe pod was made');
      // Several, each over a new connection: until every pod of the service answers so.
      const statuses = async () => {
        const request = 'curl -s -m 5 -o /dev/null -w "%{http_code} " http://ai-scanner:8001/e2e || true';
        return (await cluster.exec(pod, ['sh', '-c', Array(REQUESTS).fill(request).join('; ')])).trim().split(' ');
      };
      const becomes = (wanted: string) =>
        waitFor(async () => ((await statuses()).every((status) => status === wanted) ? true : undefined), {
          what: `the answer ${wanted} of ai-scanner`,
          timeoutMs: 180_000,
          everyMs: 250,
          fix: 'see the application of ai-spm in namespace argocd',
        });
      await becomes('403');
      const before = readFileSync(file, 'utf8');
      const after = before.replace(DECLARED, WIDER);
      if (after === before) throw new Error(`${POLICY} does not say ${DECLARED}: what is merged must be chosen anew`);
      const timed = async (text: string, message: string, wanted: string) => {
        writeFileSync(file, text);
        const merged = performance.now();
        await world.push(message);
        await becomes(wanted);
        return seconds(merged);
      };
      let opened = 0;
      let closed = 0;
      try {
        // The policy lets it pass, and the service knows no such path.
        opened = await timed(after, 'e2e: one more path of ai-scanner', '404');
      } finally {
        closed = await timed(before, 'e2e: revert', '403');
      }
      await mergeAndSync(world, 'e2e: end');
      return {
        figures: [
          { name: 'push until Envoy answers by the new policy', value: opened, unit: 's' },
          { name: 'push of the revert until it is refused again', value: closed, unit: 's' },
        ],
        problems: [],
      };
    });
  },
};
