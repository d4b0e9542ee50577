import { readdirSync, readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { withTemporaryFolder } from '../system/temporary-folder.ts';
import { scramVerifier } from './scram.ts';
import { TestDatabase } from './testing/postgresql.ts';

const [a, b] = [scramVerifier('password-of-a'), scramVerifier('password-of-b')];

function withDatabase(use: (database: TestDatabase) => Promise<void>): Promise<void> {
  return withTemporaryFolder('ai-spm-mesh-postgresql-', async (folder) => {
    const database = await TestDatabase.start(folder);
    try {
      await use(database);
    } finally {
      await database.stop();
    }
  });
}

const reaches = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 10_000, interval: 50 });
const roleOf = 'select rolcanlogin, rolpassword is not null from pg_authid where rolname =';

it(
  'roles follow the Secret: login by verifier, two in turn, a closed one out, with its sessions',
  () =>
    withDatabase(async (database) => {
      database.mount({ ai_spm_a: a, ai_spm_b: 'closed' });
      database.follow();
      await reaches(async () => {
        const made = await database.login('ai_spm_a', 'password-of-a', 'create table made_by_a (id int)');
        expect(made).toMatchObject({ code: 0, stderr: '' });
      });
      expect((await database.login('ai_spm_a', 'wrong', 'select 1')).stderr).toContain(
        'password authentication failed',
      );
      expect((await database.login('ai_spm_b', 'password-of-b', 'select 1')).code).toBe(2);

      // Both may log in, and what one makes the other may change.
      database.mount({ ai_spm_a: a, ai_spm_b: b });
      await reaches(async () => {
        const made = await database.login('ai_spm_b', 'password-of-b', 'create table made_by_b (id int)');
        expect(made).toMatchObject({ code: 0 });
      });
      expect(await database.asSuperuser("select distinct tableowner from pg_tables where schemaname = 'public'")).toBe(
        'ai_spm',
      );
      const change = 'alter table made_by_b add column more text; insert into made_by_b values (1)';
      expect(await database.login('ai_spm_a', 'password-of-a', change)).toMatchObject({ code: 0 });

      // Locked: nobody new, those inside go on, and the password is still there for the way back.
      const session = database.open('ai_spm_a', 'password-of-a');
      let answers = '';
      session.stdout?.on('data', (chunk: Buffer) => {
        answers += chunk.toString();
      });
      session.stdin?.write("select 'first';\n");
      await reaches(() => expect(answers).toBe('first\n'));
      database.mount({ ai_spm_a: a, 'ai_spm_a.locked': 'true', ai_spm_b: b });
      await reaches(async () => expect(await database.asSuperuser(`${roleOf} 'ai_spm_a'`)).toBe('f|t'));
      expect((await database.login('ai_spm_a', 'password-of-a', 'select 1')).stderr).toContain(
        'is not permitted to log',
      );
      database.mount({ ai_spm_a: a, ai_spm_b: b });
      await reaches(async () => expect(await database.asSuperuser(`${roleOf} 'ai_spm_a'`)).toBe('t|t'));
      expect(await database.login('ai_spm_a', 'password-of-a', 'select 1')).toMatchObject({ code: 0 });

      session.stdin?.write("insert into made_by_b values (2); select 'last';\n");
      await reaches(() => expect(answers).toBe('first\nlast\n'));
      const other = database.open('ai_spm_b', 'password-of-b');

      // Closed: nobody is in any more; the sessions of the other role go on.
      database.mount({ ai_spm_a: 'closed', ai_spm_b: b });
      await reaches(async () => expect(await database.asSuperuser(`${roleOf} 'ai_spm_a'`)).toBe('f|f'));
      expect((await database.login('ai_spm_a', 'password-of-a', 'select 1')).code).toBe(2);
      await reaches(() => expect(database.said).toContain('ai_spm_a: its sessions were ended'));
      expect(await database.asSuperuser("select count(*) from pg_stat_activity where usename = 'ai_spm_a'")).toBe('0');
      expect([other.exitCode, database.said]).toEqual([null, expect.not.stringContaining('ai_spm_b: its sessions')]);
      for (const one of [session, other]) one.stdin?.end();
    }),
  120_000,
);

it(
  'undoes what somebody else changed, and changes nothing where nothing differs',
  () =>
    withDatabase(async (database) => {
      database.mount({ ai_spm_a: a, ai_spm_b: 'closed' });
      database.follow();
      await reaches(() => expect(database.said).toContain('ai_spm_a: may log in'));
      const version = "select xmin from pg_authid where rolname = 'ai_spm_a'";
      const before = await database.asSuperuser(version);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(await database.asSuperuser(version)).toBe(before);
      expect(database.said.match(/may log in/g)).toHaveLength(1);

      await database.asSuperuser(
        "alter role ai_spm_a password 'other'; alter role ai_spm_b login password 'known'; alter role ai_spm login",
      );
      await reaches(async () => {
        expect(await database.login('ai_spm_a', 'password-of-a', 'select 1')).toMatchObject({ code: 0 });
        expect(await database.asSuperuser(`${roleOf} 'ai_spm_b'`)).toBe('f|f');
        expect(await database.asSuperuser(`${roleOf} 'ai_spm'`)).toBe('f|f');
      });
    }),
  120_000,
);

it(
  'leaves no verifier in the log or in an argument, drops the password of the superuser, takes no plain password',
  () =>
    withDatabase(async (database) => {
      const seen = new Set<string>();
      const watch = setInterval(() => {
        for (const line of commandLines()) seen.add(line);
      }, 2);
      database.mount({ ai_spm_a: a, ai_spm_b: 'a password in the clear' });
      database.follow();
      await reaches(() => expect(database.said).toMatch(/ai_spm_a: may log in[\s\S]*ai_spm_b: neither/));
      database.mount({ ai_spm_a: a });
      await reaches(async () => expect(await database.asSuperuser(`${roleOf} current_user`)).toBe('t|f'));
      clearInterval(watch);

      expect([...seen].filter((line) => line.includes('roles.sh'))).not.toEqual([]);
      for (const text of [...seen, database.logged(), database.said]) {
        expect(text).not.toContain('SCRAM-SHA-256$4096');
        expect(text).not.toContain('in the clear');
      }
      // It is the real log: statements of others are in it.
      expect(database.logged()).toContain('rolpassword is not null from pg_authid');
      expect(await database.asSuperuser(`${roleOf} 'ai_spm_b'`)).toBe('f|f');
      expect(
        (await database.login(await database.asSuperuser('select current_user'), 'of the superuser', '')).code,
      ).toBe(2);
    }),
  120_000,
);

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        // It has ended.
        return [];
      }
    });
}
