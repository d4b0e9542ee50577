import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { type ProcessResult, runProcess } from '../../system/run-process.ts';

const BASE = resolve(__dirname, '../../../base/database');
/** Debian's folder of PostgreSQL 15. */
const PROGRAMS = '/usr/lib/postgresql/15/bin';
const OWNER = 'postgres';

/** A real PostgreSQL with the settings of base/database and its container `roles` beside it, in a folder of its own. */
export class TestDatabase {
  readonly log: string;
  /** What the script has printed. */
  said = '';
  private readonly env: NodeJS.ProcessEnv;
  private script?: ChildProcess;
  private versions = 0;

  private readonly folder: string;
  private readonly port: number;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    this.log = join(folder, 'log');
    const path = `${PROGRAMS}:/usr/bin:/bin`;
    const names = { POSTGRES_USER: asOther() ? OWNER : userInfo().username, POSTGRES_DB: settings()['POSTGRES_DB'] };
    this.env = { PATH: path, PGPORT: String(port), PGHOST: folder, LC_ALL: 'C.UTF-8', ...names };
  }

  /** As the entry of the image starts it the first time. Everything is logged that can be. */
  static async start(folder: string): Promise<TestDatabase> {
    const database = new TestDatabase(folder, await freePort());
    const { POSTGRES_INITDB_ARGS = '' } = settings();
    const user = String(database.env['POSTGRES_USER']);
    chmodSync(folder, 0o755);
    copyFileSync(join(BASE, 'roles.sh'), join(folder, 'roles.sh'));
    mkdirSync(join(folder, 'secret'));
    writeFileSync(join(folder, 'password'), 'of the superuser\n');
    if (asOther()) chownSync(folder, ...(await ids()));
    const data = join(folder, 'data');
    await database.run('initdb', [
      ...['--pgdata', data, '--username', user, '--pwfile', join(folder, 'password'), '--no-sync'],
      ...POSTGRES_INITDB_ARGS.split(' '),
    ]);
    const options = `-k ${folder} -p ${database.port} -c listen_addresses=127.0.0.1 -c fsync=off`;
    const logging = '-c log_statement=all -c log_min_duration_statement=0 -c log_connections=on';
    await database.run('pg_ctl', ['-w', '-D', data, '-l', database.log, '-o', `${options} ${logging}`, 'start']);
    await database.run('createdb', ['--username', user, String(database.env['POSTGRES_DB'])]);
    return database;
  }

  async stop(): Promise<void> {
    const ended = this.script && new Promise((resolve) => this.script?.once('exit', resolve));
    this.script?.kill('SIGTERM');
    await ended;
    await this.run('pg_ctl', ['-D', join(this.folder, 'data'), '-m', 'immediate', 'stop']);
  }

  /** Writes what the Secret holds, as the kubelet does: into a new folder, which a link then names. */
  mount(values: Record<string, string>): void {
    const [mount, version] = [join(this.folder, 'secret'), `..${++this.versions}`];
    mkdirSync(join(mount, version));
    for (const [key, value] of Object.entries(values)) {
      writeFileSync(join(mount, version, key), value);
      rmSync(join(mount, key), { force: true });
      symlinkSync(join('..data', key), join(mount, key));
    }
    symlinkSync(version, join(mount, '..new'));
    renameSync(join(mount, '..new'), join(mount, '..data'));
    rmSync(join(mount, `..${this.versions - 1}`), { recursive: true, force: true });
  }

  /** Starts the container `roles`. */
  follow(): void {
    const [command, args] = asOwner('bash', [join(this.folder, 'roles.sh'), join(this.folder, 'secret'), '0.1']);
    this.script = spawn(command, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.script.stdout, this.script.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.said += chunk.toString();
      });
  }

  /** As the superuser, over the local socket. */
  async asSuperuser(statement: string): Promise<string> {
    const args = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', String(this.env['POSTGRES_USER']), '-c', statement];
    return (await this.run('psql', [...args, String(this.env['POSTGRES_DB'])])).stdout.trim();
  }

  /** As a service, over TCP. */
  login(role: string, password: string, statement: string): Promise<ProcessResult> {
    const [command, args] = this.client(role, ['-c', statement]);
    return runProcess(command, args, { env: { ...this.env, PGPASSWORD: password } });
  }

  /** A session that stays open; each line that it is given is answered. */
  open(role: string, password: string): ChildProcess {
    const [command, args] = this.client(role, []);
    return spawn(command, args, { env: { ...this.env, PGPASSWORD: password }, stdio: ['pipe', 'pipe', 'inherit'] });
  }

  logged(): string {
    return readFileSync(this.log, 'utf8');
  }

  private client(role: string, args: readonly string[]): [string, string[]] {
    const given = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-U', role, '-d', 'ai_spm'];
    return [join(PROGRAMS, 'psql'), [...given, ...args]];
  }

  private async run(program: string, args: readonly string[]): Promise<ProcessResult> {
    const [command, given] = asOwner(join(PROGRAMS, program), args);
    const result = await runProcess(command, given, { env: this.env, cwd: this.folder });
    if (result.code !== 0) throw new Error(`${program}: ${result.stderr}`);
    return result;
  }
}

/** PostgreSQL refuses to run as root. */
function asOther(): boolean {
  return process.getuid?.() === 0;
}

function asOwner(command: string, args: readonly string[]): [string, string[]] {
  const other = ['--reuid', OWNER, '--regid', OWNER, '--init-groups', command, ...args];
  return asOther() ? ['setpriv', other] : [command, [...args]];
}

async function ids(): Promise<[number, number]> {
  const [user, group] = await Promise.all(['-u', '-g'].map((flag) => runProcess('id', [flag, OWNER])));
  return [Number(user?.stdout), Number(group?.stdout)];
}

/** Variables that base/database gives to the image. */
function settings(): Record<string, string> {
  const { configMapGenerator } = parse(readFileSync(join(BASE, 'kustomization.yaml'), 'utf8'));
  const literals: string[] = configMapGenerator.find(({ name }: { name: string }) => name === 'database').literals;
  return Object.fromEntries(
    literals.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
