import type { RotationKind } from '../rotation.ts';
import { database } from './database.ts';
import { session } from './session.ts';

/** Every kind of secret that can be rotated. */
export const KINDS: readonly RotationKind[] = [session, database];
