import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { runProcess } from '../system/run-process.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import type { Connection } from './connection.ts';
import type { Probe } from './probe-plan.ts';
import { sendProbes } from './send-probes.ts';

/** The same script as in a pod, with the same curl, on this machine. */
const here = {
  exec: async (_pod, [command = '', ...args]) => (await runProcess(command, args)).stdout,
} as Pick<Connection, 'exec'> as Connection;
const addresses = { publicHost: 'example.com', pods: new Map([['web', '127.0.0.1']]) };
const pod = { namespace: '', pod: '', container: '' };

async function port(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function answerOf(probe: Omit<Probe, 'id' | 'from' | 'to'>): Promise<string> {
  const [result] = await sendProbes(here, pod, [{ id: 'p1', from: 'web', to: '127.0.0.1', ...probe }], addresses);
  const by = result?.refusedBy ? ` (${result.refusedBy})` : '';
  return `${result?.outcome}: ${result?.seen}${by}`;
}

const envoy = { server: 'envoy' };
it.each([
  ['passed: status 200', 200, { ...envoy, 'x-envoy-upstream-service-time': '3' }, 'ok'],
  ['passed: status 404', 404, { ...envoy, 'x-envoy-upstream-service-time': '3' }, 'no such path'],
  // The callee's own refusal is not one of the mesh.
  ['passed: status 403', 403, { ...envoy, 'x-envoy-upstream-service-time': '3' }, 'not yours'],
  [
    'refused: status 403 by policy (callee)',
    403,
    { ...envoy, 'x-envoy-upstream-service-time': '3' },
    'RBAC: access denied',
  ],
  ['refused: status 503 (caller)', 503, envoy, 'no healthy upstream'],
  ['refused: status 502 (caller)', 502, envoy, ''],
  // No proxy at either end: the callee was reached, and must not have been.
  ['passed: status 200', 200, {}, 'plain'],
])('%s for status %i with %j', async (expected, status, headers, body) => {
  const server = createHttpServer((_, response) =>
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body),
  );

  expect(await answerOf({ port: await port(server), http: { method: 'GET', path: '/x' } })).toBe(expected);
});

it('sends the path as it is written, and the method', async () => {
  const seen: string[] = [];
  const server = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end();
  });
  const number = await port(server);
  for (const method of ['GET', 'HEAD', 'DELETE']) await answerOf({ port: number, http: { method, path: '/a/../b' } });

  expect(seen).toEqual(['GET /a/../b', 'HEAD /a/../b', 'DELETE /a/../b']);
});

it('a connection that is reset is refused', async () => {
  const server = createServer((socket) => void socket.resetAndDestroy());

  expect(await answerOf({ port: await port(server), http: { method: 'GET', path: '/' } })).toBe(
    'refused: connection refused or reset (caller)',
  );
});

it('without HTTP an answer counts, an open connection alone does not', async () => {
  const asked: string[] = [];
  const database = createServer((socket) => {
    socket.on('data', (bytes) => {
      asked.push(bytes.toString('hex'));
      socket.write('N');
    });
  });
  const closing = createServer((socket) => void socket.end());

  expect(await answerOf({ port: await port(database) })).toBe('passed: answered');
  expect(asked).toEqual(['0000000804d2162f']);
  expect(await answerOf({ port: await port(closing) })).toBe('refused: closed without an answer');
});

it('a name that does not resolve shows nothing', async () => {
  const probes = [
    { id: 'p1', from: 'web', to: 'no-such-name.invalid', port: 80, http: { method: 'GET', path: '/' } },
    { id: 'p2', from: 'web', to: 'no-such-name.invalid', port: 5432 },
    { id: 'p3', from: 'web', to: 'no-such-name.invalid', port: 443, serverName: 'example.com' },
    { id: 'p4', from: 'prometheus', to: 'gone', port: 15020, http: { method: 'GET', path: '/' }, onPod: true as const },
  ];
  const results = await sendProbes(here, pod, probes, addresses);

  expect(results.map(({ outcome, seen }) => `${outcome}: ${seen}`)).toEqual(
    Array(4).fill('unsent: the name does not resolve'),
  );
});

it('asks a pod by its address, and takes the answer of its proxy for one', async () => {
  const server = createHttpServer((_, response) => response.writeHead(200, envoy).end('metrics'));
  const [result] = await sendProbes(
    here,
    pod,
    [
      {
        id: 'p1',
        from: 'prometheus',
        to: 'web',
        port: await port(server),
        http: { method: 'GET', path: '/' },
        onPod: true,
      },
    ],
    addresses,
  );

  expect(result).toMatchObject({ outcome: 'passed', seen: 'status 200' });
});

it('reaches a host outside under the name that is given, and says when the connection is closed', async () => {
  const folder = temporaryTree({});
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-noenc',
    '-subj',
    '/CN=x',
  ];
  await runProcess('openssl', [...request, '-keyout', 'key.pem', '-out', 'crt.pem'], { cwd: folder });
  const [key, cert] = ['key.pem', 'crt.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
  const names: unknown[] = [];
  const server = createHttpsServer({ key, cert }, (request, response) => {
    names.push((request.socket as TLSSocket).servername);
    response.writeHead(404).end();
  });
  const closing = createServer((socket) => void socket.end());

  expect(await answerOf({ port: await port(server), serverName: 'example.com' })).toBe('passed: status 404');
  expect(names).toEqual(['example.com']);
  expect(await answerOf({ port: await port(closing), serverName: 'example.com' })).toBe(
    'refused: connection refused or reset (caller)',
  );
});
