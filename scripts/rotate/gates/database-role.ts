import type { DatabaseRoleFacts } from '../facts/facts.ts';
import type { Gate } from '../rotation.ts';
import { type DatabaseRole, type InUse, readRotationFile } from '../rotation-file.ts';
import { inEach } from './collected.ts';

interface Condition {
  wants: string;
  /** Why it is not so, after the name of the role. */
  against(role: DatabaseRoleFacts): string | undefined;
}

const CONDITIONS = {
  open: {
    wants: 'may log in with its password',
    against: ({ canLogin, hasPassword }) => (canLogin && hasPassword ? undefined : 'may not log in yet'),
  },
  shut: {
    wants: 'may not log in',
    against: ({ canLogin }) => (canLogin ? 'may still log in' : undefined),
  },
  // Without its old password, so that the next one that it has is the next one that git has.
  closed: {
    wants: 'may not log in and has no password',
    against: ({ canLogin, hasPassword }) =>
      canLogin ? 'may still log in' : hasPassword ? 'still has a password' : undefined,
  },
  unused: {
    wants: 'has no open connection',
    against: ({ sessions }) => (sessions > 0 ? `has ${sessions} open connections` : undefined),
  },
} as const satisfies Record<string, Condition>;

/**
 * A role of the database is in such a state: in PostgreSQL itself, which follows git some 90 seconds behind.
 * @param what how a person calls it
 */
export function databaseRole(
  what: string,
  choose: (inUse: InUse['database']) => DatabaseRole,
  condition: keyof typeof CONDITIONS,
): Gate {
  const { wants, against }: Condition = CONDITIONS[condition];
  return {
    name: `role-${condition}`,
    reads: ['databaseRoles'],
    wants: `${what} ${wants}`,
    check: (facts, { tree, cluster }) => {
      const name = choose(readRotationFile(tree, cluster).inUse.database);
      const own = facts.filter((one) => one.cluster === cluster);
      return inEach(own, 'databaseRoles', (roles) => {
        const role = roles.find((one) => one.name === name);
        const reason = role ? against(role) : 'is not there';
        return reason ? [`role ${name} ${reason}`] : [];
      });
    },
  };
}
