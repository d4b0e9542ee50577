/**
 * Plays any of the five services of AI-SPM where their images are not at hand: the same port, paths and environment, with its answers
 * from the real database. Its name and port are in $WORKLOAD and $PORT.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

// Debian's packages in the image; there are no others.
const { Pool } = require('pg');

const workload = process.env['WORKLOAD'] ?? '';
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 4, connectionTimeoutMillis: 5000 });
// The database may go away and come back: the next request opens a new connection.
pool.on('error', (error: Error) => process.stderr.write(`${error.message}\n`));

/** What follows `/api/` at the gateway, and where it is sent. */
const services: Record<string, string | undefined> = {
  scan: process.env['AI_SCANNER_URL'],
  check: process.env['DATA_INTEGRITY_URL'],
  integrate: process.env['WIZ_INTEGRATION_URL'],
  assess: process.env['COMPLIANCE_ENGINE_URL'],
  evaluate: process.env['COMPLIANCE_ENGINE_URL'],
  frameworks: process.env['COMPLIANCE_ENGINE_URL'],
};

const paths: Record<string, RegExp> = {
  'api-gateway': /^\/(api\/.*)?$/,
  'ai-scanner': /^\/scan\/./,
  'data-integrity': /^\/check\/./,
  'wiz-integration': /^\/integrate$/,
  'compliance-engine': /^\/(assess\/.|evaluate\/.|frameworks$)/,
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const gateway = workload === 'api-gateway';
  if (path === (gateway ? '/api/health' : '/health')) return health(response);
  if (!paths[workload]?.test(path)) return send(response, 404, { error: 'not found' });
  if (!gateway) return record(request, response, path);
  if (!path.startsWith('/api/'))
    return send(response, 200, { workload }, { 'set-cookie': `session=${newSession()}; Path=/; HttpOnly` });
  if (path === '/api/session') return send(response, isSession(request) ? 200 : 401, { workload });
  const service = services[path.split('/')[2] ?? ''];
  if (!service) return send(response, 404, { error: 'no such service' });
  const { method = 'GET' } = request;
  const reply = await fetch(service + path.slice('/api'.length), { method, signal: AbortSignal.timeout(25_000) });
  return send(response, reply.status, { workload, via: await reply.text() });
}

/** The first secret signs sessions, and both are accepted: one of them is about to go. */
const secrets = ['SESSION_SECRET', 'SESSION_SECRET_ACCEPTED'].flatMap((name) => process.env[name] ?? []);
const sign = (id: string, secret: string) => createHmac('sha256', secret).update(id).digest('hex');

function newSession(): string {
  const id = String(Date.now());
  return `${id}.${sign(id, secrets[0] ?? '')}`;
}

function isSession({ headers }: IncomingMessage): boolean {
  const [, id = '', signature = ''] = /(?:^|; )session=(\d+)\.([0-9a-f]{64})(?:;|$)/.exec(headers.cookie ?? '') ?? [];
  return secrets.some((secret) => id !== '' && timingSafeEqual(Buffer.from(sign(id, secret)), Buffer.from(signature)));
}

async function health(response: ServerResponse): Promise<void> {
  await pool.query('select 1');
  return send(response, 200, { status: 'ok', workload });
}

/** Writes the request down and counts those before it: an answer proves a commit in the database. */
async function record(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  await pool.query('insert into requests (workload, method, path) values ($1, $2, $3)', [
    workload,
    request.method,
    path,
  ]);
  const { rows } = await pool.query('select count(*)::int as count from requests where workload = $1', [workload]);
  return send(response, 200, { workload, path, count: rows[0].count });
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** All services start at once: PostgreSQL lets only one of them make the table. */
async function prepare(): Promise<void> {
  for (;;) {
    try {
      await pool.query(
        'create table if not exists requests (id bigserial primary key, workload text not null, method text not null, path text not null)',
      );
      return;
    } catch (error) {
      process.stderr.write(`the database is not ready: ${(error as Error).message}\n`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: Error) => send(response, 503, { error: error.message }));
});
process.on('SIGTERM', () => server.close(() => process.exit(0)));
void prepare().then(() => server.listen(Number(process.env['PORT'])));
