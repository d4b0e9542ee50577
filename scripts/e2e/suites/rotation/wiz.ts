import { randomBytes } from 'node:crypto';
import { wiz } from '../../../rotate/kinds/wiz.ts';
import type { Suite } from '../../suite.ts';
import { underTraffic } from '../../traffic.ts';
import { rotate } from './rotate.ts';

export const rotateWiz: Suite = {
  name: 'rotate-wiz',
  title: 'wiz-integration gets other credentials, and no request is lost',
  core: false,
  labOnly: true,
  run: (world) =>
    underTraffic(world, { clusters: world.clusters }, () =>
      rotate(world, { kind: wiz, inputsFor: (phase) => (phase === 'sealed' ? { values: newCredentials() } : {}) }),
    ),
};

/** As Wiz would make them. */
function newCredentials(): Record<string, string> {
  const [id, secret] = [16, 32].map((length) => randomBytes(length).toString('hex'));
  return { 'wiz-client-id': id ?? '', 'wiz-client-secret': secret ?? '' };
}
