import type { RotationKind } from '../rotation.ts';
import { argocdCluster } from './argocd-cluster.ts';
import { database } from './database.ts';
import { gatewayTls } from './gateway-tls.ts';
import { meshIntermediate } from './mesh-intermediate.ts';
import { meshRoot } from './mesh-root.ts';
import { remoteSecret } from './remote-secret.ts';
import { sealingKey } from './sealing-key.ts';
import { session } from './session.ts';
import { wiz } from './wiz.ts';

/** Every kind of secret that can be rotated. */
export const KINDS: readonly RotationKind[] = [
  session,
  database,
  wiz,
  gatewayTls,
  meshIntermediate,
  meshRoot,
  remoteSecret,
  argocdCluster,
  sealingKey,
];
