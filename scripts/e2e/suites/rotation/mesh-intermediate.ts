import { meshIntermediate } from '../../../rotate/kinds/mesh-intermediate.ts';
import type { Suite } from '../../suite.ts';
import { underTraffic } from '../../traffic.ts';
import { rotate } from './rotate.ts';

export const rotateMeshIntermediate: Suite = {
  name: 'rotate-mesh-intermediate',
  title: 'every istiod signs with a new intermediate under the same root, and no request is lost',
  core: false,
  labOnly: true,
  async run(world) {
    const root = await world.meshRoot?.read();
    if (!root) throw new Error('the key of the root of the mesh is known in the lab alone');
    return underTraffic(world, { clusters: world.clusters }, () =>
      rotate(world, { kind: meshIntermediate, inputsFor: () => ({ meshRoot: root }), closedAtFirst: ['replaced'] }),
    );
  },
};
