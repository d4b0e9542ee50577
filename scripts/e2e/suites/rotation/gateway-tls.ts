import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gatewayTls } from '../../../rotate/kinds/gateway-tls.ts';
import { createRoot } from '../../../secrets/certificates.ts';
import { sign } from '../../../secrets/testing/outside-authority.ts';
import type { Suite } from '../../suite.ts';
import { underTraffic } from '../../traffic.ts';
import { rotate } from './rotate.ts';

export const rotateGatewayTls: Suite = {
  name: 'rotate-gateway-tls',
  title: 'the public gateway gets a certificate that an authority has signed, and no request is lost',
  core: false,
  labOnly: true,
  run: (world) =>
    underTraffic(world, {}, async () => {
      const now = new Date();
      const authority = await createRoot(now);
      const request = join(world.checkout, 'clusters', world.cluster.context, 'ai-spm-tls.csr');
      return rotate(world, {
        kind: gatewayTls,
        clusters: [world.cluster],
        inputsFor: async (phase) =>
          phase === 'replaced'
            ? { chain: (await sign(readFileSync(request, 'utf8'), authority, now)) + authority.certificate }
            : {},
      });
    }),
};
