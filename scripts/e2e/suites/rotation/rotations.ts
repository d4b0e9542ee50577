import type { Suite } from '../../suite.ts';
import { rotateGatewayTls } from './gateway-tls.ts';
import { rotateMeshIntermediate } from './mesh-intermediate.ts';
import { rotateMeshRoot } from './mesh-root.ts';
import { rotateSession } from './session.ts';

/** Each kind of secret, replaced in all clusters at once under traffic. */
export const rotations: readonly Suite[] = [rotateSession, rotateGatewayTls, rotateMeshIntermediate, rotateMeshRoot];
