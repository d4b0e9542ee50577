import { waitFor } from '../../system/wait-for.ts';
import { checkAccess } from '../../verify/check-access.ts';
import { seconds, waitForSync } from '../argo.ts';
import type { Suite } from '../suite.ts';

const NAMESPACE = 'ai-spm';

export const fromEmpty: Suite = {
  name: 'from-empty',
  title: 'with its namespace gone, the platform comes back from git alone, secrets and policies included',
  core: false,
  async run(world) {
    const { core } = world.cluster;
    const before = await core.readNamespace({ name: NAMESPACE });
    const deleted = performance.now();
    await core.deleteNamespace({ name: NAMESPACE });
    const made = async () => {
      const { metadata } = await core.readNamespace({ name: NAMESPACE });
      return metadata?.uid === before.metadata?.uid ? undefined : true;
    };
    await waitFor(made, { what: `a new namespace ${NAMESPACE}`, timeoutMs: 180_000, fix: 'is self-heal on?' });
    const empty = performance.now();
    await waitForSync(world, await world.push('e2e: from empty'));
    const figures = [
      {
        name: 'until the namespace was gone and made anew',
        value: seconds(deleted) - seconds(empty),
        unit: 's' as const,
      },
      { name: 'from empty until all is synced and healthy', value: seconds(empty), unit: 's' as const },
    ];
    const { problems } = await checkAccess(world.cluster, world.access, world.probeImage);
    return { figures, problems: problems.map(({ message }) => message) };
  },
};
