import type { Connection } from '../../verify/connection.ts';
import { DATABASE_ROLES } from '../rotation-file.ts';
import type { DatabaseRoleFacts } from './facts.ts';

const DATABASE = { namespace: 'ai-spm', pod: 'database-0', container: 'database' };
/** Says whether there is a password, never which. */
const QUERY = `select r.rolname, r.rolcanlogin, r.rolpassword is not null, count(a.pid) from pg_authid r left join pg_stat_activity a on a.usename = r.rolname where r.rolname in (${DATABASE_ROLES.map((name) => `'${name}'`).join()}) group by 1, 2, 3 order by 1`;

/** The login roles of the services, asked over the local socket of the server. */
export async function databaseRoles({ exec }: Connection): Promise<DatabaseRoleFacts[]> {
  const command = [
    'psql',
    '--no-psqlrc',
    '--no-password',
    '--username=postgres',
    '--dbname=postgres',
    '--tuples-only',
    '--no-align',
  ];
  return rolesIn(await exec(DATABASE, [...command, '--field-separator=,', `--command=${QUERY}`]));
}

export function rolesIn(rows: string): DatabaseRoleFacts[] {
  const lines = rows.split('\n').filter(Boolean);
  return lines.map((line) => {
    const [name = '', canLogin, hasPassword, sessions] = line.split(',');
    return { name, canLogin: canLogin === 't', hasPassword: hasPassword === 't', sessions: Number(sessions) };
  });
}
