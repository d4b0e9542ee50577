import type { Suite } from '../../suite.ts';
import { rotateArgocdCluster } from './argocd-cluster.ts';
import { rotateDatabase } from './database.ts';
import { rotateGatewayTls } from './gateway-tls.ts';
import { rotateMeshIntermediate } from './mesh-intermediate.ts';
import { rotateMeshRoot } from './mesh-root.ts';
import { rotateSealingKey } from './sealing-key.ts';
import { rotateSession } from './session.ts';
import { rotateWiz } from './wiz.ts';

/** Each kind of secret, replaced in all clusters at once under traffic. */
export const rotations: readonly Suite[] = [
  rotateSession,
  rotateDatabase,
  rotateWiz,
  rotateGatewayTls,
  rotateMeshIntermediate,
  rotateMeshRoot,
  rotateSealingKey,
  rotateArgocdCluster,
];
