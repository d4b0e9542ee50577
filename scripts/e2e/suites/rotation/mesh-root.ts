import { meshRoot } from '../../../rotate/kinds/mesh-root.ts';
import { createRoot } from '../../../secrets/certificates.ts';
import type { Suite } from '../../suite.ts';
import { underTraffic } from '../../traffic.ts';
import { rotate } from './rotate.ts';

export const rotateMeshRoot: Suite = {
  name: 'rotate-mesh-root',
  title: 'the root of the mesh is replaced in all clusters, no request is lost, and no step may come early',
  core: false,
  labOnly: true,
  async run(world) {
    if (!world.meshRoot) throw new Error('the key of the root of the mesh is known in the lab alone');
    const { keep } = world.meshRoot;
    return underTraffic(world, { clusters: world.clusters }, async () => {
      const root = await createRoot(new Date());
      // Right after a step the clusters cannot have followed it: a gate that is open then looks at nothing.
      const figures = await rotate(world, {
        kind: meshRoot,
        inputsFor: () => ({ meshRoot: root }),
        closedAtFirst: ['trusted', 'reissued'],
      });
      keep(root);
      return figures;
    });
  },
};
