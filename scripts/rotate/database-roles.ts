import { randomBytes } from 'node:crypto';
import type { SealedSecret } from '../secrets/sealed-secret.ts';
import { DATABASE_ROLES, type DatabaseRole } from './rotation-file.ts';

/** What base/database/roles.sh reads, key by key: the roles as they are to be. */
export const DATABASE_ROLES_SECRET = 'database-roles';
/** In place of a verifier: no login and no password. In the clear, so that anybody sees it. */
export const CLOSED = 'closed';

/** `open`: it logs in with its password; `locked`: it has one and may not log in; `closed`: it has none. */
export type RoleState = 'open' | 'locked' | 'closed';

/** Beside the verifier of a role: no login, but the password is kept. */
export function lockOf(role: DatabaseRole): string {
  return `${role}.locked`;
}

/** @returns `undefined` where the Secret says nothing of the role */
export function roleState({ encryptedData, open }: SealedSecret, role: DatabaseRole): RoleState | undefined {
  if (open[role] === CLOSED) return 'closed';
  if (encryptedData[role] === undefined) return undefined;
  return open[lockOf(role)] === undefined ? 'open' : 'locked';
}

export function otherRole(role: DatabaseRole): DatabaseRole {
  const [a, b] = DATABASE_ROLES;
  return role === a ? b : a;
}

/** Letters and digits only: it stands in a URL. */
export function newPassword(): string {
  return randomBytes(24).toString('hex');
}

/** What the services connect with. */
export function databaseUrl(role: DatabaseRole, password: string): string {
  return `postgresql://${role}:${password}@database:5432/ai_spm`;
}
