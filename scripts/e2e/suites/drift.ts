import { waitFor } from '../../system/wait-for.ts';
import { seconds } from '../argo.ts';
import type { Suite } from '../suite.ts';
import { underTraffic } from '../traffic.ts';

const POLICY = {
  group: 'security.istio.io',
  version: 'v1',
  plural: 'authorizationpolicies',
  namespace: 'ai-spm',
  name: 'data-integrity',
};

export const drift: Suite = {
  name: 'drift',
  title: 'what someone changes by hand is put right, and no other workload opens meanwhile',
  core: true,
  run: (world) =>
    underTraffic(world, {}, async () => {
      const { custom } = world.cluster;
      const read = () => custom.getNamespacedCustomObject(POLICY) as Promise<{ spec: { rules: unknown[] } }>;
      const waiting = { timeoutMs: 40_000, everyMs: 200, fix: 'is self-heal on for the application?' };
      const rules = (await read()).spec.rules.length;

      const deleted = performance.now();
      await custom.deleteNamespacedCustomObject(POLICY);
      await waitFor(read, { ...waiting, what: 'the deleted policy' });
      const restored = seconds(deleted);

      const opened = performance.now();
      const body = [{ op: 'add', path: '/spec/rules/-', value: {} }];
      await custom.patchNamespacedCustomObject({ ...POLICY, body });
      await waitFor(async () => ((await read()).spec.rules.length === rules ? true : undefined), {
        ...waiting,
        what: 'the rules as in git',
      });
      return [
        { name: 'a deleted policy is back after', value: restored, unit: 's' },
        { name: 'an opened policy is closed after', value: seconds(opened), unit: 's' },
      ];
    }),
};
